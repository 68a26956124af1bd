import { CloudError } from "./cloud-error.ts";
import { isObject, readInteger, readList, readObject } from "./read-fields.ts";
import { type Alert, type AlertStatus, readAlert, readAlertStatus, readDetail } from "./records.ts";
import type { Call } from "./transport/call.server.ts";
import type { JsonValue } from "./transport/lossless-json.ts";
import { cloudPath } from "./transport/request.ts";

export type AlertList = {
  alerts: Alert[];
  /** Whether these are certainly all there are. */
  complete: boolean;
};

type AlertStatusList = { statuses: AlertStatus[]; allowed_colours: string[] };

const PAGE_SIZE = "100";
const MAX_PAGES = 1_000;

export function alerts(call: Call) {
  async function page(number: number): Promise<{ alerts: Alert[]; total: number | undefined }> {
    return readAlerts(
      await call({
        method: "GET",
        path: cloudPath`/alerts`,
        query: [
          ["page", String(number)],
          ["pageSize", PAGE_SIZE],
        ],
        scope: "alerts:read",
        repeatable: true,
      }),
    );
  }

  return {
    /**
     * Every alert of the organization. Neither paging nor the list's shape is documented: pages are asked for until
     * one brings nothing new, which is at once where Cloud ignores the page and sends everything.
     */
    async list(): Promise<AlertList> {
      const found = new Map<string, Alert>();
      for (let number = 1; number <= MAX_PAGES; number += 1) {
        const { alerts: rows, total } = await page(number);
        const before = found.size;
        for (const alert of rows) found.set(alert.anomaly_id, alert);
        if (total !== undefined && found.size >= total)
          return { alerts: [...found.values()], complete: true };
        if (found.size === before) return { alerts: [...found.values()], complete: total === undefined };
      }
      return { alerts: [...found.values()], complete: false };
    },

    /** @throws CloudError `not_found` */
    async get(anomalyId: string): Promise<Alert> {
      const body = await call({
        method: "GET",
        path: cloudPath`/alerts/${anomalyId}`,
        scope: "alerts:read",
        repeatable: true,
      });
      const row = readDetail(body, "anomaly_id");
      if (row === undefined) throw new CloudError("not_found");
      return readAlert(row);
    },

    /**
     * Flags a balance, transaction or identity. Cloud has no idempotency key for it, so it is sent once; after an
     * ambiguous error look for the alert in the list before trying again.
     */
    async flag(entityId: string, alert: { title?: string; description: string }): Promise<Alert> {
      return readOne(
        await call({
          method: "POST",
          path: cloudPath`/alerts/flag/${entityId}`,
          body: alert,
          scope: "alerts:write",
          repeatable: false,
        }),
      );
    },

    /** Cloud's answer may still show the old status. `status` is a status key. */
    async update(
      anomalyId: string,
      change: { title?: string; description?: string; status?: string },
    ): Promise<Alert> {
      return readOne(
        await call({
          method: "PUT",
          path: cloudPath`/alerts/flag/${anomalyId}`,
          body: change,
          scope: "alerts:write",
          repeatable: false,
        }),
      );
    },

    statuses: alertStatuses(call),
  };
}

/** The organization's own statuses; the built-in FLAGGED, INVESTIGATING and RESOLVED are not among them. */
function alertStatuses(call: Call) {
  return {
    async list(): Promise<AlertStatusList> {
      const body = readObject(
        await call({
          method: "GET",
          path: cloudPath`/alerts/statuses`,
          scope: "alerts:read",
          repeatable: true,
        }),
      );
      const custom = body["data"] ?? [];
      if (!Array.isArray(custom)) throw new CloudError("malformed", { reason: "not a list" });
      return {
        statuses: custom.map(readAlertStatus),
        allowed_colours: readList(body["allowed_colours"]).filter((colour) => typeof colour === "string"),
      };
    },

    /** Its key is made from the name (upper case, spaces to `_`) unless given. */
    async create(status: { name: string; colour: string; key?: string }): Promise<AlertStatus> {
      return readAlertStatus(
        await call({
          method: "POST",
          path: cloudPath`/alerts/statuses`,
          body: status,
          scope: "alerts:write",
          repeatable: false,
        }),
      );
    },

    async update(key: string, status: { name: string; colour: string }): Promise<AlertStatus> {
      return readAlertStatus(
        await call({
          method: "PUT",
          path: cloudPath`/alerts/statuses/${key}`,
          body: status,
          scope: "alerts:write",
          repeatable: false,
        }),
      );
    },

    /** `conflict` or `invalid` while alerts use it. */
    async delete(key: string): Promise<void> {
      await call({
        method: "DELETE",
        path: cloudPath`/alerts/statuses/${key}`,
        scope: "alerts:write",
        repeatable: false,
      });
    },
  };
}

function readOne(body: JsonValue): Alert {
  return readAlert(readDetail(body, "anomaly_id") ?? body);
}

/** An array, `{data}`, `{alerts}`, or one alert by itself. */
function readAlerts(body: JsonValue): { alerts: Alert[]; total: number | undefined } {
  if (Array.isArray(body)) return { alerts: body.map(readAlert), total: undefined };
  if (!isObject(body)) throw new CloudError("malformed", { reason: "not a list" });
  if ("anomaly_id" in body) return { alerts: [readAlert(body)], total: undefined };
  const rows = "data" in body ? body["data"] : body["alerts"];
  if (rows !== null && !Array.isArray(rows)) throw new CloudError("malformed", { reason: "not a list" });
  const alerts = readList(rows).map(readAlert);
  const total = Number(readInteger(body["total"]) ?? -1);
  return { alerts, total: total >= alerts.length ? total : undefined };
}
