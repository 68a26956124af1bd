import { type Alert, type AlertStatus, COLOURS } from "../alerts.ts";
import { CloudError } from "../cloud-error.ts";
import { isObject, parseJson } from "../json.ts";
import { type Micros, formatInstant } from "../ledger/instant.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Switches } from "../switches.ts";
import type { Json } from "./records.ts";
import type { Answer, Call, Route } from "./router.ts";

const HOUR: Micros = 3_600_000_000;

/** Paths below the switch `alerts_path`. What is refused, and how, is assumed throughout. */
export const ALERT_ROUTES: Route[] = [
  { method: "GET", path: "", need: "alerts:read", handle: listAlerts },
  { method: "GET", path: "/statuses", need: "alerts:read", handle: listStatuses },
  { method: "POST", path: "/statuses", need: "alerts:write", handle: createStatus },
  { method: "PUT", path: "/statuses/:key", need: "alerts:write", handle: updateStatus },
  { method: "DELETE", path: "/statuses/:key", need: "alerts:write", handle: deleteStatus },
  { method: "POST", path: "/flag/:id", need: "alerts:write", handle: flag },
  { method: "PUT", path: "/flag/:id", need: "alerts:write", handle: updateAlert },
  { method: "GET", path: "/:id", need: "alerts:read", handle: readAlert },
];

function flag({ instance, params, body, switches }: Call): Answer {
  const { title = "", description = "" } = readTexts(body, ["title", "description"]);
  if (description.trim() === "") throw new CloudError(400, "description is required");
  const type = typeOf(instance.ledger, params.id!);
  if (type === undefined) throw new CloudError(404, "entity not found");
  const alert = instance.alerts.flag(type, params.id!, title, description);
  return { status: switches.flag_status, body: alertRecord(alert, switches) };
}

function readAlert(call: Call): Answer {
  return { status: 200, body: alertRecord(getAlert(call), call.switches) };
}

function listAlerts({ instance, switches }: Call): Answer {
  const data = instance.alerts.all().map((alert) => alertRecord(alert, switches));
  switch (switches.alert_list) {
    case "data":
      return { status: 200, body: { data, total: data.length } };
    case "alerts":
      return { status: 200, body: { alerts: data } };
    case "array":
      return { status: 200, body: data };
    default:
      return switches.alert_list satisfies never;
  }
}

function updateAlert(call: Call): Answer {
  const alert = getAlert(call);
  const change = readTexts(call.body, ["title", "description", "status"]);
  if (change.status !== undefined) {
    change.status = change.status.toUpperCase();
    if (!call.workspace.alert_statuses.has(change.status)) throw new CloudError(400, "unknown status");
  }
  const before = alert.status;
  call.instance.alerts.update(alert, change);
  const record = alertRecord(alert, call.switches);
  return {
    status: 200,
    body: call.switches.alert_update_shows === "old" ? { ...record, status: before } : record,
  };
}

function listStatuses({ workspace }: Call): Answer {
  const data = workspace.alert_statuses
    .all()
    .map((status) => statusRecord(workspace.organization_id, status));
  return { status: 200, body: { data, allowed_colours: COLOURS } };
}

function createStatus({ workspace, body }: Call): Answer {
  const { name, colour, key } = readTexts(body, ["name", "colour", "key"]);
  if (!name?.trim() || !colour) throw new CloudError(400, "name and colour are required");
  const status = workspace.alert_statuses.create(name, colour, key);
  return { status: 201, body: statusRecord(workspace.organization_id, status) };
}

function updateStatus({ workspace, params, body }: Call): Answer {
  const { name, colour } = readTexts(body, ["name", "colour"]);
  if (!name?.trim() || !colour) throw new CloudError(400, "name and colour are required");
  const status = workspace.alert_statuses.update(params.key!, name, colour);
  return { status: 200, body: statusRecord(workspace.organization_id, status) };
}

function deleteStatus({ workspace, params, switches }: Call): Answer {
  const alerts = workspace.instances.flatMap((instance) => instance.alerts.all());
  const usesOf = (key: string) => alerts.filter((alert) => alert.status === key).length;
  workspace.alert_statuses.delete(params.key!, usesOf, switches.used_status_delete);
  return { status: 200, body: { message: "Status deleted" } };
}

function getAlert({ instance, params }: Call): Alert {
  const alert = instance.alerts.find(params.id!);
  if (alert === undefined) throw new CloudError(404, "alert not found");
  return alert;
}

function typeOf(ledger: Ledger, id: string): Alert["type"] | undefined {
  if (ledger.balances.get(id) !== undefined) return "Balance";
  if (ledger.transactions.get(id) !== undefined) return "Transaction";
  return ledger.identities.get(id) === undefined ? undefined : "Identity";
}

function readTexts<Name extends string>(body: string, names: Name[]): Partial<Record<Name, string>> {
  let parsed: unknown;
  try {
    parsed = parseJson(body);
  } catch {
    throw new CloudError(400, "invalid JSON body");
  }
  if (!isObject(parsed)) throw new CloudError(400, "invalid JSON body");
  const texts: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = parsed[name] ?? undefined;
    if (value === undefined) continue;
    if (typeof value !== "string") throw new CloudError(400, `${name} must be text`);
    texts[name] = value;
  }
  return texts;
}

function alertRecord(alert: Alert, { alert_times }: Switches): Json {
  const spell = (at: Micros) =>
    alert_times === "utc" ? formatInstant(at) : formatInstant(at + HOUR).replace("Z", "+01:00");
  return { ...alert, created_at: spell(alert.created_at), updated_at: spell(alert.updated_at) };
}

function statusRecord(organization_id: string, status: AlertStatus): Json {
  return {
    organization_id,
    ...status,
    created_at: formatInstant(status.created_at),
    updated_at: formatInstant(status.updated_at),
  };
}
