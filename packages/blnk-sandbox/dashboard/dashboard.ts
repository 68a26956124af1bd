import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

import { findRefusal } from "../guard.ts";
import type { Keyring } from "../keyring.ts";
import { Lifecycle } from "../lifecycle/lifecycle.ts";
import type { Organization } from "../lifecycle/lifecycle.ts";
import { manifestSchema } from "../lifecycle/manifest.ts";
import type { ManifestInput } from "../lifecycle/manifest.ts";
import type { Switches } from "../switches.ts";
import { answerApi } from "./dashboard-api.ts";
import { pagePolicy, readPageFiles } from "./dashboard-page.ts";
import type { PageFile } from "./dashboard-page.ts";

export type DashboardOptions = {
  workspace: Organization;
  keyring: Keyring;
  switches: Switches;
  /** Registered without asking their URLs, so that they may be started later. */
  apps?: ManifestInput[] | undefined;
  /** Origins that may be framed besides those of the registered portal generators: an app's public name behind a proxy. */
  portalOrigins?: string[] | undefined;
};

/** The sandbox's dashboard: its page, the JSON API behind it (README.md), and the life cycle that both drive. */
export function createDashboard(options: DashboardOptions): {
  handler: RequestListener;
  lifecycle: Lifecycle;
} {
  const lifecycle = new Lifecycle(options);
  for (const app of options.apps ?? []) lifecycle.addApp(manifestSchema.parse(app));
  const files = readPageFiles();
  const handler: RequestListener = (request, response) => {
    answer(request, response, lifecycle, files, options.portalOrigins ?? []).catch((error: unknown) => {
      console.error(error);
      sendJson(response, 500, { error: { code: "internal", message: "The sandbox failed." } });
    });
  };
  return { handler, lifecycle };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  lifecycle: Lifecycle,
  files: Map<string, PageFile>,
  portalOrigins: string[],
): Promise<void> {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "same-origin");
  response.setHeader("cache-control", "no-store");
  const refusal = findRefusal(request);
  if (refusal) {
    sendJson(response, refusal.status, { error: { code: "refused", message: refusal.message } });
    return;
  }
  const url = new URL(request.url ?? "/", "http://sandbox.invalid");
  const file = request.method === "POST" ? undefined : files.get(url.pathname);
  if (!file) {
    const reply = await answerApi(lifecycle, request, url);
    sendJson(response, reply.status, reply.body);
    return;
  }
  const apps = lifecycle.apps();
  const portals = [...origins(apps.map((app) => app.portal_generator_url)), ...portalOrigins];
  const logos = origins(apps.flatMap((app) => app.logo_url || []));
  response.setHeader("content-security-policy", pagePolicy(portals, logos));
  response.setHeader("content-type", file.type);
  response.end(file.content);
}

function origins(urls: string[]): Set<string> {
  return new Set(urls.map((url) => new URL(url).origin));
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
