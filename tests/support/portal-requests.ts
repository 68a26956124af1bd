import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { noteVersion } from "#app/actions/own-note.server.ts";
import type { Scope } from "#app/platform/permissions/scopes.ts";
import routes from "#app/routes.ts";

import type { openPortal } from "./portal-browser.ts";
import { BUILD } from "./built-app.ts";
import { PUBLIC_URL } from "./test-environment.ts";

/** What the portal's addresses can name: records of one instance, and what one install has of its own. */
export type PortalIds = Record<
  "balance" | "otherBalance" | "payment" | "hold" | "ledger" | "identity" | "alert" | "monitor" | "action",
  string
> & {
  /** What a form that shows the alert as it is would send along. */
  alertSeen: string;
};

/** Ids in their right shape that nobody has. */
export const MADE_UP_IDS: PortalIds = {
  balance: "bln_1",
  otherBalance: "bln_2",
  payment: "txn_1",
  hold: "txn_2",
  ledger: "ldg_1",
  identity: "idt_1",
  alert: "anomaly_1",
  alertSeen: "x",
  monitor: "mon_1",
  action: "act_1",
};

/** A request of the portal, and what it takes. */
export type PortalRequest = {
  method: "GET" | "POST";
  /** Below the portal's own; it may have a query. */
  path: string;
  form?: Record<string, string>;
  json?: object;
  /** A page names each of these that is missing; a file or an action is refused. */
  needs: Scope[];
  /** What a page that could be read has controls for: each is named when it is missing. */
  controls?: Scope[];
  /** How it is answered when nothing is missing, if not with less than 400. */
  status?: number;
};

type BuiltRoute = { parentId?: string; hasAction: boolean; hasLoader: boolean };

const PORTAL = "platform/portal/shell/layout";
const KEY = "k".repeat(21);

/**
 * Requests with these ids; what ends something comes last.
 *
 * @throws when the portal answers anything that none of them asks for
 */
export function portalRequests(ids: PortalIds): PortalRequest[] {
  return Object.values(allRequests(ids)).flat();
}

/** One request for each endpoint that is posted to. */
export function portalPosts(ids: PortalIds): PortalRequest[] {
  return Object.values(allRequests(ids)).flatMap(([first]) => (first?.method === "POST" ? [first] : []));
}

function allRequests(ids: PortalIds): Record<string, PortalRequest[]> {
  const requests = requestsByEndpoint(ids);
  const forgotten = portalEndpoints().filter((endpoint) => !(endpoint in requests));
  if (forgotten.length > 0) throw new Error(`No test asks for ${forgotten.join(", ")}.`);
  return requests;
}

/** `GET balances/:balanceId`, `POST flag/:entityId`: all that the built portal answers, by the list of its routes. */
function portalEndpoints(): string[] {
  const built = builtRoutes();
  const portal = routes.find(({ file }) => file === `${PORTAL}.tsx`);
  return portal!.children!.flatMap(({ file, path = "" }) => {
    const route = built[file.replace(/\.tsx?$/, "")];
    if (!route) throw new Error(`${file} is not in the build.`);
    return [...(route.hasLoader ? [`GET ${path}`] : []), ...(route.hasAction ? [`POST ${path}`] : [])];
  });
}

/** What the browser is told of the routes, which says what each of them answers. */
export function builtRoutes(): Record<string, BuiltRoute> {
  const assets = join(BUILD, "client/assets");
  const manifest = readdirSync(assets).find((name) => /^manifest-.*\.js$/.test(name));
  const text = readFileSync(join(assets, manifest!), "utf8");
  const { routes } = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as {
    routes: Record<string, BuiltRoute>;
  };
  return routes;
}

/** Asks as the browser of a panel would that is open on `home`. */
export function send(
  portal: Pick<ReturnType<typeof openPortal>, "get" | "post">,
  home: string,
  { method, path, form, json }: PortalRequest,
): Promise<Response> {
  const address = /^[^.?]/.test(path) ? `${home}/${path}` : home + path;
  if (method === "GET") return portal.get(address);
  const headers = { origin: PUBLIC_URL, ...(json && { "content-type": "application/json" }) };
  return portal.post(address, headers, json ? JSON.stringify(json) : new URLSearchParams(form).toString());
}

function requestsByEndpoint(ids: PortalIds): Record<string, PortalRequest[]> {
  const { balance, otherBalance, payment, hold, ledger, identity, alert, alertSeen, monitor, action } = ids;
  const steps = [`${hold}/commit`, `${payment}/refund`, `${hold}/void`];
  const records = [balance, hold, identity];
  const own = { form: "balance_threshold", "select.balance_id": balance };
  return {
    ...lists(ids),
    "GET ": [page("", ["data:read", "alerts:read"]), page("?currency=USD", ["data:read", "alerts:read"])],
    "POST ": [post("?index")],
    "GET balances/:balanceId": [
      page(`balances/${balance}`, ["data:read"], ["data:write", "alerts:write"]),
      page(`balances/${balance}?days=90`, ["data:read"]),
    ],
    "GET transactions/:transactionId": [
      page(`transactions/${hold}`, ["data:read"], ["data:write", "alerts:write"]),
    ],
    "GET transactions/:transactionId/:kind": steps.map((step) =>
      page(`transactions/${step}`, ["data:read"], ["data:write"]),
    ),
    "POST transactions/:transactionId/:kind": steps.map((step, index) =>
      post(`transactions/${step}`, WRITES, { formKey: `${KEY}${index}`, reason: "because", amount: "1.00" }),
    ),
    "GET adjustment": [
      page("adjustment"),
      page(`adjustment?q=${balance}`, ["data:read"]),
      page(`adjustment?from=${balance}&to=${otherBalance}`, ["data:read"], ["data:write"]),
    ],
    "POST adjustment": [
      post(`adjustment?from=${balance}&to=${otherBalance}`, WRITES, {
        formKey: `${KEY}a`,
        reason: "because",
        amount: "1.00",
        from: balance,
        to: otherBalance,
      }),
    ],
    "GET actions/:actionId": [page(`actions/${action}`, ["data:read"])],
    "POST actions/:actionId": [post(`actions/${action}`, WRITES)],
    "GET ledgers/:ledgerId": [page(`ledgers/${ledger}`, ["data:read"])],
    "GET identities/:identityId": [
      page(`identities/${identity}`, ["data:read"], ["data:write", "alerts:write"]),
    ],
    "GET alerts/:anomalyId": [page(`alerts/${alert}`, ["alerts:read"], ["alerts:write"])],
    "POST alerts/:anomalyId": [
      { change: "status", status: "RESOLVED", seen: alertSeen },
      { change: "text", title: "Other", description: "Other", seen: "" },
    ].map((form) => post(`alerts/${alert}`, ["alerts:read", "alerts:write"], form)),
    "GET flag/:entityId": records.map((id) => page(`flag/${id}`, [], ["alerts:write"])),
    "POST flag/:entityId": records.map((id) =>
      post(`flag/${id}`, ["alerts:write"], { formKey: `${KEY}f`, title: "", description: "Look" }),
    ),
    "GET note/:entityId": records.map((id) => page(`note/${id}`, ["data:read"], ["data:write"])),
    "POST note/:entityId": records.map((id) =>
      post(`note/${id}`, WRITES, { note: "Seen", seen: noteVersion("") }),
    ),
    "GET monitors/new": [
      page("monitors/new", [], ["data:read"]),
      page(`monitors/new?kind=balance_threshold&ledger=${ledger}`, [], ["data:read"]),
    ],
    "POST monitors/new": [
      post("monitors/new", [], { ...own, do: "preview", name: "Preview" }),
      post("monitors/new", [], { ...own, do: "save", name: "Saved" }),
      post("monitors/new", [], { ...own, do: "save", name: "Each", ledger }),
    ],
    "POST monitors": [post("monitors", [])],
    "GET monitors/transfer": [page("monitors/transfer")],
    "POST monitors/transfer": [post("monitors/transfer", [], { text: '{"monitors":[]}' })],
    "GET monitors/webhook": [page("monitors/webhook")],
    "POST monitors/webhook": [
      post("monitors/webhook", [], { change: "test" }),
      post("monitors/webhook", [], { change: "remove" }),
    ],
    "GET monitors/:monitorId": [page(`monitors/${monitor}`, [], ["data:read", "alerts:write"])],
    "POST monitors/:monitorId": [
      post(`monitors/${monitor}`, [], { change: "mute", hours: "1" }),
      post(`monitors/${monitor}`, [], { change: "pause" }),
      post(`monitors/${monitor}`, [], { change: "resume" }),
    ],
    "GET monitors/:monitorId/edit": [page(`monitors/${monitor}/edit`, [], ["data:read"])],
    "POST monitors/:monitorId/edit": [
      post(`monitors/${monitor}/edit`, [], { ...own, do: "preview", name: "Other" }),
      post(`monitors/${monitor}/edit`, [], { ...own, do: "save", name: "Other", revision: "1" }),
    ],
    "GET monitors/:monitorId/delete": [page(`monitors/${monitor}/delete`)],
    "POST monitors/:monitorId/delete": [post(`monitors/${monitor}/delete`, [], { change: "delete" })],
    "POST display": [post("display", [], { timeZone: "UTC", theme: "dark" })],
    "GET precision": [page("precision?currency=USD")],
    "POST precision": [post("precision", [], { currency: "USD", decimals: "2" })],
    "GET monitors/export": [page("monitors/export?with=state")],
    "POST monitors/import": [{ ...post("monitors/import"), json: { monitors: [] } }],
    "POST new-tab": [post("new-tab")],
    "POST end": [{ ...post("end"), status: 401 }],
  };
}

const WRITES: Scope[] = ["data:read", "data:write"];

/** Each list by itself, and searched for what the ids name. */
function lists({ balance, hold, ledger, identity, alert, monitor, action }: PortalIds) {
  const searched = (path: string, needs: Scope[], ...ids: string[]) =>
    [path, ...ids.map((id) => `${path}?q=${id}`)].map((each) => page(each, needs));
  const READ: Scope[] = ["data:read"];
  return {
    "GET balances": [
      ...searched("balances", READ, balance, identity),
      page(`balances?ledger=${ledger}`, READ),
    ],
    "GET balances.csv": searched("balances.csv", READ, balance),
    "GET transactions": searched("transactions", READ, hold, balance),
    "GET transactions.csv": searched("transactions.csv", READ, hold, balance),
    "GET ledgers": searched("ledgers", READ, ledger),
    "GET ledgers.csv": searched("ledgers.csv", READ, ledger),
    "GET identities": searched("identities", READ, identity),
    "GET alerts": searched("alerts", ["alerts:read"], alert, balance),
    "GET activity": searched("activity", [], hold, monitor, action),
    "GET activity.csv": searched("activity.csv", [], hold, monitor, action),
    "GET monitors": ["monitors", `monitors?q=${monitor}`].map((path) =>
      page(path, [], ["data:read", "alerts:write"]),
    ),
  };
}

function page(path: string, needs: Scope[] = [], controls: Scope[] = []): PortalRequest {
  return { method: "GET", path, needs, controls };
}

function post(path: string, needs: Scope[] = [], form: Record<string, string> = {}): PortalRequest {
  return { method: "POST", path, needs, form };
}
