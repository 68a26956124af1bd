import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../listen.ts";
import { type Body, objectOf } from "./body.ts";
import type { Reply } from "./target.ts";

/** A small Custom App, registered in a sandbox's dashboard, whose answers a case chooses. */
export type DashboardApp = {
  appId: string;
  /** What the app answers next to install and uninstall events. */
  answerWith(status: number, delayMs?: number): void;
  /** The key that the last install event carried. */
  lastKey(): string;
  dashboard(method: string, path: string, body?: Body): Promise<Reply>;
  control(method: string, path: string, body?: Body): Promise<Reply>;
  /** The status of a read with a key. */
  readWith(key: string): Promise<number>;
  close(): Promise<void>;
};

export type DashboardUrls = { api: string; dashboard: string; control: string; instanceId: string };

type Stub = { status: number; delayMs: number; keys: string[]; installs: Map<string, string> };

export async function startDashboardApp(urls: DashboardUrls): Promise<DashboardApp> {
  const stub: Stub = { status: 200, delayMs: 0, keys: [], installs: new Map() };
  const server = await listen((request, response) => {
    answer(stub, request, response).catch(() => response.destroy());
  });
  const registered = await call(urls.dashboard, "POST", "/api/apps", {
    display_name: "Conformance",
    registration_callback_url: `${server.origin}/callback`,
    portal_generator_url: `${server.origin}/portal`,
    permissions: ["data:read"],
  });
  return {
    appId: String(registered.body.app_id),
    answerWith: (status, delayMs = 0) => Object.assign(stub, { status, delayMs }),
    lastKey: () => stub.keys.at(-1) ?? "",
    dashboard: (method, path, body) => call(urls.dashboard, method, path, body),
    control: (method, path, body) => call(urls.control, method, path, body),
    readWith: async (key) => {
      const url = `${urls.api}/data/ledgers?instance_id=${urls.instanceId}`;
      return (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status;
    },
    close: () => server.close(),
  };
}

async function answer(stub: Stub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") return reply(response, 200, {});
  const event = objectOf(JSON.parse(Buffer.concat(await request.toArray()).toString()));
  const id = String(event.installed_app_id);
  if (request.url === "/portal") {
    const isKnown = stub.installs.get(id) === event.instance_id;
    return isKnown
      ? reply(response, 200, { portal_url: "http://127.0.0.1/?token=once" })
      : reply(response, 403, {});
  }
  const { status, delayMs } = stub;
  if (typeof event.api_key === "string") stub.keys.push(event.api_key);
  await sleep(delayMs);
  if (status === 200) {
    if (event.api_key === undefined) stub.installs.delete(id);
    else stub.installs.set(id, String(event.instance_id));
  }
  reply(response, status, { ok: status === 200 });
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function call(origin: string, method: string, path: string, body?: Body): Promise<Reply> {
  const response = await fetch(`${origin}${path}`, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  return { status: response.status, body: objectOf(await response.json()) };
}
