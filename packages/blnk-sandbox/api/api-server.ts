import { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { CloudError } from "../cloud-error.ts";
import { type Faults, actFault } from "../faults.ts";
import { findRefusal } from "../guard.ts";
import type { Journal } from "../journal.ts";
import { writeJson } from "../json.ts";
import type { ApiKey, Keyring } from "../keyring.ts";
import { CoreError } from "../ledger/core-error.ts";
import { BulkError } from "../ledger/record-bulk.ts";
import { readBody } from "../read-body.ts";
import type { Switches } from "../switches.ts";
import type { Instance, Workspace } from "../workspace.ts";
import { ALERT_ROUTES } from "./alerts.ts";
import { FilterError } from "./condition.ts";
import { coreRefusal } from "./core-answer.ts";
import { DATA_ROUTES } from "./data.ts";
import { FILTER_ROUTES } from "./filters.ts";
import { PROXY_ROUTES, UNLISTED_PROXY_ROUTES } from "./proxy.ts";
import { type Answer, type Matched, type Need, type Route, matchRoute } from "./router.ts";

export type ApiParts = {
  workspace: Workspace;
  keyring: Keyring;
  switches: Switches;
  journal: Journal;
  faults: Faults;
};

// Core's own default; Cloud's is unknown.
const LARGEST_BODY = 5 * 1024 * 1024;

/** Blnk Cloud's four API families over one workspace. */
export function createApi(parts: ApiParts): RequestListener {
  return (request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      if (response.destroyed) return; // the client went away
      console.error(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(); // as Core answers a panic
    });
  };
}

async function answer(parts: ApiParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { switches, journal, faults } = parts;
  const method = request.method ?? "GET";
  const url = URL.parse(request.url ?? "/", "http://sandbox");
  if (url === null) return send(response, 400, { error: "bad path" });
  const entry = journal.record({
    at: Date.now(),
    method,
    url: request.url ?? "/",
    instance_id: url.searchParams.get("instance_id"),
    key_prefix: bearerOf(request)?.slice(0, 8) ?? null,
    status: null,
    fault: null,
  });
  response.setHeader("date", dateIn(parts.workspace, entry.instance_id));
  const refusal = findRefusal(request);
  if (refusal !== undefined) {
    return send(response, (entry.status = refusal.status), { error: refusal.message });
  }
  const body = await readBody(request, LARGEST_BODY);
  const fault = faults.take(method, url, entry.key_prefix);
  if (switches.latency_ms > 0) await delay(switches.latency_ms);
  const work = () => respond(parts, request, url, body);
  if (fault !== undefined) entry.fault = fault.kind;
  const delivery = fault === undefined ? await work() : await actFault(fault, response, work);
  if (delivery === "dealt_with") {
    if (response.headersSent) entry.status = response.statusCode;
    return;
  }
  entry.status = delivery.status;
  send(response, delivery.status, delivery.body);
}

/** By the clock that the asked instance's rows are written by: Cloud and its Core agree on the time. */
function dateIn({ instances }: Workspace, instanceId: string | null): string {
  const { ledger } = instances.find(({ id }) => id === instanceId) ?? instances[0]!;
  return new Date(ledger.clock.presentMs()).toUTCString();
}

async function respond(
  parts: ApiParts,
  request: IncomingMessage,
  url: URL,
  body: string | undefined,
): Promise<Answer> {
  const { switches } = parts;
  try {
    const key = requireKey(parts.keyring, request);
    const matched = findRoute(switches, request.method ?? "GET", url.pathname);
    if (matched === undefined) return notServed(url.pathname);
    requireScope(key, matched.route.need);
    const instance = requireInstance(parts, key, url);
    if (body === undefined) throw new CoreError("GEN_MALFORMED_REQUEST", "Invalid input");
    const { route, params } = matched;
    return await route.handle({
      workspace: parts.workspace,
      switches,
      instance,
      params,
      query: url.searchParams,
      body,
    });
  } catch (error) {
    return refusalOf(error, url.pathname, switches);
  }
}

function refusalOf(error: unknown, path: string, switches: Switches): Answer {
  if (error instanceof CloudError) return { status: error.status, body: { error: error.message } };
  if (error instanceof CoreError || error instanceof BulkError)
    return coreRefusal(error, switches.core_version);
  if (error instanceof FilterError) {
    if (!path.startsWith("/data/"))
      return { status: 400, body: { error: `Invalid filter: ${error.message}` } };
    const error_detail = { code: "GEN_VALIDATION_ERROR", message: error.message, details: {} };
    return { status: 400, body: { errors: error.problems, error_detail } };
  }
  throw error;
}

function findRoute(switches: Switches, method: string, path: string): Matched | undefined {
  const routes: Route[] = [
    ...DATA_ROUTES,
    ...FILTER_ROUTES,
    ...PROXY_ROUTES[switches.proxy_scopes],
    ...(switches.proxy_paths === "any" ? UNLISTED_PROXY_ROUTES[switches.proxy_scopes] : []),
  ];
  const alertsPath = path.startsWith(`${switches.alerts_path}/`) || path === switches.alerts_path;
  if (!alertsPath) return matchRoute(routes, method, path);
  return matchRoute(ALERT_ROUTES, method, path.slice(switches.alerts_path.length));
}

/** An unknown path behind `/proxy` is answered by Core's router, in plain text; the rest is Cloud's [A]. */
function notServed(path: string): Answer {
  if (path.startsWith("/proxy/")) return { status: 404, body: "404 page not found" };
  return { status: 404, body: { error: "not found" } };
}

function requireKey(keyring: Keyring, request: IncomingMessage): ApiKey {
  const bearer = bearerOf(request);
  const key = bearer === undefined ? undefined : keyring.find(bearer);
  if (key === undefined || key.state !== "active") throw new CloudError(401, "invalid or revoked API key");
  return key;
}

function requireScope(key: ApiKey, need: Need): void {
  if (key.scopes.includes(need) || key.scopes.includes("*")) return;
  throw new CloudError(403, `missing scope ${need}`);
}

function requireInstance({ workspace, switches }: ApiParts, key: ApiKey, url: URL): Instance {
  const isAlerts = url.pathname.startsWith(switches.alerts_path);
  const id =
    url.searchParams.get("instance_id") ??
    (isAlerts && switches.alerts_instance_id === "optional" ? key.instance_id : null);
  if (id === null || id === "")
    throw new CloudError(switches.missing_instance_status, "instance_id is required");
  const instance = workspace.instances.find((instance) => instance.id === id);
  if (instance === undefined || instance.id !== key.instance_id) {
    throw new CloudError(switches.foreign_instance_status, "this key is not for that instance");
  }
  return instance;
}

function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === "string";
  const type = isText ? "text/plain" : "application/json; charset=utf-8";
  response.writeHead(status, { "content-type": type });
  response.end(body === undefined ? "" : isText ? body : writeJson(body));
}
