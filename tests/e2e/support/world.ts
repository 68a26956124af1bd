import type { RequestListener } from "node:http";

import type { BrowserContext } from "@playwright/test";

import { appManifest } from "#scripts/app-manifest.ts";
import { freshSecrets } from "#scripts/fresh-secrets.ts";
import { type Sandbox, startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { operatorHash } from "#tests/support/operator-password.ts";

import { type AppProcess, startApp } from "./app-process.ts";
import { type Chromium, type CookiePolicy, openChromium } from "./chromium.ts";
import { cookieSite } from "./cookie-site.ts";
import { framingSite } from "./framing-site.ts";
import { forwardTo, forwardUnderOwnName, startTlsServer } from "./tls-server.ts";

export const DASHBOARD = "https://dashboard.blnkfinance.com";
export const APP = "https://tidemark.example.net";
export const COOKIE_SITE = "https://cookies.example.org";
/** A host beside the app's, whose pages a browser takes for the same site. */
export const SISTER = "https://sister.example.net";
/** Sites that put other sites into a frame: two of Blnk's own, and strangers. */
export const FRIENDS = ["https://blnkfinance.com", "https://a.b.blnkfinance.com"];
export const STRANGERS = [
  "https://evil.example",
  "https://notblnkfinance.com",
  "https://blnkfinance.com.evil.example",
  SISTER,
];

/** Blnk Cloud's stand-in with three months of history or with none, the app as in production and registered there, and a browser. */
export type World = {
  sandbox: Sandbox;
  app: AppProcess;
  context: BrowserContext;
  /** Errors on a browser console that match none of these fail the test. */
  expectedErrors: RegExp[];
  unexpectedErrors(): string[];
  /** The app's and Cloud's: they agree on the time. */
  moveClocksForward(ms: number): Promise<void>;
  close(): Promise<void>;
};

/** A browser, and who answers it at each host; both outlast a world. */
export type HostedBrowser = Chromium & { hosts: Record<string, RequestListener> };

export async function startBrowser(cookies: CookiePolicy): Promise<HostedBrowser> {
  const framing = [...FRIENDS, ...STRANGERS].map((origin) => [new URL(origin).host, framingSite]);
  const hosts: HostedBrowser["hosts"] = {
    [new URL(DASHBOARD).host]: notStarted,
    [new URL(APP).host]: notStarted,
    [new URL(COOKIE_SITE).host]: cookieSite,
    ...Object.fromEntries(framing),
  };
  const server = await startTlsServer(hosts);
  const chromium = await openChromium(server, cookies);
  return {
    hosts,
    newContext: () => chromium.newContext(),
    async close() {
      await chromium.close();
      await server.close();
    },
  };
}

export async function startWorld(browser: HostedBrowser, seed: "demo" | "empty"): Promise<World> {
  const running: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const part of running.toReversed()) await part.close();
  };
  const keep = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    running.push(part);
    return part;
  };
  try {
    const sandbox = keep(await startSandbox({ seed, portalOrigins: [APP] }));
    const secrets = freshSecrets(new Date());
    const app = keep(
      await startApp({
        PUBLIC_URL: APP,
        BLNK_API_URL: sandbox.api,
        OPERATOR_PASSWORD_HASH: operatorHash(),
        ...secrets,
      }),
    );
    const manifest = appManifest(app.origin, secrets.URL_SECRETS, { withActions: true });
    await sandbox.lifecycle.registerApp({ ...manifest, logo_url: `${APP}/favicon.svg` });
    browser.hosts[new URL(DASHBOARD).host] = forwardUnderOwnName(sandbox.dashboard);
    browser.hosts[new URL(APP).host] = forwardTo(app.origin);
    const context = keep(await browser.newContext());
    const errors = collectErrors(context);
    const expectedErrors: RegExp[] = [];
    const unexpectedErrors = () =>
      errors.filter((error) => !expectedErrors.some((known) => known.test(error)));
    const moveClocksForward = async (ms: number) => {
      for (const { ledger } of sandbox.workspace.instances) {
        ledger.clock.advance(ms);
        ledger.queue.wake();
      }
      await app.moveClockForward(ms);
    };
    return { sandbox, app, context, expectedErrors, unexpectedErrors, moveClocksForward, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const notStarted: RequestListener = (_request, response) => void response.writeHead(503).end();

function collectErrors(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => errors.push(String(error.error())));
  return errors;
}
