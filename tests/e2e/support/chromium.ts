import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { type BrowserContext, chromium } from "@playwright/test";

import type { TlsServer } from "./tls-server.ts";

/**
 * `third_parties_blocked` is what today's browsers do: a frame of another site keeps partitioned cookies only.
 * `frames_blocked` is a browser that keeps nothing for frames of this site, partitioned or not.
 */
export type CookiePolicy = "third_parties_blocked" | { frames_blocked: { site: string; in: string } };

export type Chromium = {
  /** With a cookie jar of its own, empty as in a fresh profile. */
  newContext(): Promise<BrowserContext>;
  close(): Promise<void>;
};

const WINDOW = { width: 1440, height: 900 };

const EXECUTABLES = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/**
 * A Chromium with a profile of its own, for which every host name leads to the TLS server. It is started here and not by
 * Playwright, whose default arguments switch storage partitioning off.
 */
export async function openChromium(server: TlsServer, cookies: CookiePolicy): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), "tidemark-e2e-chromium-"));
  mkdirSync(join(profile, "Default"));
  writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(preferences(cookies)));
  const child = spawn(executable(), [...switches(server, profile), "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = once(child, "exit");
  const endpoint = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (address) resolve(address);
    });
    child.once("exit", () => reject(new Error("Chromium did not start.")));
  });
  const browser = await chromium.connectOverCDP(endpoint);
  return {
    newContext: () => browser.newContext({ viewport: WINDOW, locale: "en-GB" }),
    async close() {
      const session = await browser.newBrowserCDPSession();
      await session.send("Browser.close");
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function executable(): string {
  const found = EXECUTABLES.find((path) => path && existsSync(path));
  if (!found) throw new Error("The browser tests need Chromium: install it, or set CHROMIUM_PATH to it.");
  return found;
}

function switches({ port, keyHash }: TlsServer, profile: string): string[] {
  return [
    "--headless=new",
    "--remote-debugging-port=0",
    `--user-data-dir=${profile}`,
    `--host-resolver-rules=MAP * 127.0.0.1:${port}`,
    `--ignore-certificate-errors-spki-list=${keyHash}`,
    `--window-size=${WINDOW.width},${WINDOW.height}`,
    "--hide-scrollbars",
    "--lang=en-GB",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    // A mouse, which a machine without a screen does not have.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
}

function preferences(cookies: CookiePolicy): object {
  const BLOCK = 2;
  return {
    profile: {
      cookie_controls_mode: 1,
      ...(cookies !== "third_parties_blocked" && {
        content_settings: {
          exceptions: {
            cookies: { [`${cookies.frames_blocked.site},${cookies.frames_blocked.in}`]: { setting: BLOCK } },
          },
        },
      }),
    },
  };
}
