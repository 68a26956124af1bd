import type { Selectable } from "kysely";

import type { Database } from "#db/database.server.ts";
import type {
  AlertDeliveryRow,
  DeliveryAttemptRow,
  IncidentRow,
  EvaluationRow,
  MonitorStateRow,
} from "#db/schema.ts";

import { explainMonitor } from "./definition/explain-monitor.ts";
import { findMonitor, listMonitors, type StoredMonitor } from "./monitors.server.ts";

export type IncidentView = Pick<
  Selectable<IncidentRow>,
  | "id"
  | "monitor_id"
  | "subject"
  | "entity"
  | "announcement"
  | "value"
  | "compared_to"
  | "opened_at"
  | "closed_at"
  | "unrecorded"
> & {
  reason: IncidentRow["close_reason"];
  anomaly_id: string | null;
  /** `waiting`, `muted`, `capped` or `none`, else the state of the alert that it is part of. */
  delivery: "waiting" | "muted" | "capped" | "none" | AlertDeliveryRow["state"];
  may_be_doubled: boolean;
};

export type MonitorSummary = StoredMonitor & {
  explanation: string;
  /** The worst state among its subjects; undefined before the first evaluation. */
  state: MonitorStateRow["state"] | "paused" | undefined;
  firing: number;
  /** Of the subject that is shown first: one that is firing, else the only or first one. */
  last: { subject: string; value: string | null; at: number } | undefined;
};

/** The monitors of an install with their state and last value, in the order in which they were made. */
export async function listMonitorSummaries(
  { read }: Pick<Database, "read">,
  installedAppId: string,
): Promise<MonitorSummary[]> {
  const monitors = await listMonitors(read, installedAppId);
  const found = await read
    .selectFrom("monitor_states")
    .innerJoin("monitors", "monitors.id", "monitor_states.monitor_id")
    .select(["monitor_id", "state"])
    // Beside one min(), SQLite takes plain columns from the row that has it.
    .select(["value", "monitor_states.evaluated_at"])
    .select((eb) => [eb.fn.countAll<number>().as("count"), eb.fn.min("subject").as("subject")])
    .where("monitors.installed_app_id", "=", installedAppId)
    .where("monitors.deleted_at", "is", null)
    .groupBy(["monitor_id", "state"])
    .execute();
  const byMonitor = Map.groupBy(found, ({ monitor_id }) => monitor_id);
  return monitors.map((stored) => {
    const own = byMonitor.get(stored.id) ?? [];
    const [worst] = (["firing", "unknown", "ok"] as const).flatMap((state) =>
      own.filter((row) => row.state === state),
    );
    const evaluated = stored.evaluated_at === null ? undefined : "ok";
    return {
      ...stored,
      explanation: explainMonitor(stored.monitor),
      state: stored.monitor.enabled
        ? stored.problem !== null && worst?.state !== "firing"
          ? "unknown"
          : (worst?.state ?? evaluated)
        : "paused",
      firing: own.find(({ state }) => state === "firing")?.count ?? 0,
      last: worst && {
        subject: worst.subject,
        value: worst.value,
        at: Math.max(worst.evaluated_at, stored.evaluated_at ?? 0),
      },
    };
  });
}

export type MonitorDetail = {
  stored: StoredMonitor;
  explanation: string;
  states: Selectable<MonitorStateRow>[];
  incidents: IncidentView[];
  evaluations: Selectable<EvaluationRow>[];
  deliveries: (Selectable<AlertDeliveryRow> & {
    attempts_made: Pick<Selectable<DeliveryAttemptRow>, "channel" | "at" | "outcome">[];
  })[];
};

const SHOWN = 100;

/** Everything that is shown of one monitor of this install, the newest first. */
export async function findMonitorDetail(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  id: string,
): Promise<MonitorDetail | undefined> {
  const stored = await findMonitor(read, installedAppId, id);
  if (!stored) return undefined;
  const [states, incidents, evaluations, deliveries] = await Promise.all([
    read
      .selectFrom("monitor_states")
      .selectAll()
      .where("monitor_id", "=", id)
      .orderBy("state")
      .orderBy("subject")
      .limit(SHOWN)
      .execute(),
    listIncidents({ read }, installedAppId, { monitorId: id, limit: SHOWN }),
    read
      .selectFrom("evaluations")
      .selectAll()
      .where("monitor_id", "=", id)
      .orderBy("id", "desc")
      .limit(SHOWN)
      .execute(),
    read
      .selectFrom("alert_deliveries")
      .selectAll()
      .where("monitor_id", "=", id)
      .orderBy("created_at", "desc")
      .limit(SHOWN)
      .execute(),
  ]);
  const attempts = await listAttempts(
    { read },
    deliveries.map((delivery) => delivery.id),
  );
  return {
    stored,
    explanation: explainMonitor(stored.monitor),
    states,
    incidents,
    evaluations,
    deliveries: deliveries.map((delivery) => ({
      ...delivery,
      attempts_made: attempts.filter(({ delivery_id }) => delivery_id === delivery.id),
    })),
  };
}

/** Incidents of a monitor of an install, the newest first, from the one after `after` on. */
export async function listIncidents(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  { monitorId, after, limit }: { monitorId: string; after?: IncidentView | undefined; limit: number },
): Promise<IncidentView[]> {
  const rows = await read
    .selectFrom("incidents")
    .leftJoin("alert_deliveries", "alert_deliveries.id", "incidents.alert_id")
    .select([
      "incidents.id",
      "incidents.monitor_id",
      "incidents.subject",
      "incidents.entity",
      "incidents.announcement",
    ])
    .select([
      "incidents.value",
      "incidents.compared_to",
      "incidents.opened_at",
      "incidents.closed_at",
      "incidents.close_reason as reason",
      "incidents.unrecorded",
    ])
    .select([
      "incidents.delivery as planned",
      "alert_deliveries.state",
      "alert_deliveries.anomaly_id",
      "alert_deliveries.may_be_doubled",
    ])
    .where("incidents.installed_app_id", "=", installedAppId)
    .where("incidents.monitor_id", "=", monitorId)
    .$if(after !== undefined, (query) =>
      query.where((eb) =>
        eb(eb.refTuple("incidents.opened_at", "incidents.id"), "<", eb.tuple(after!.opened_at, after!.id)),
      ),
    )
    .orderBy("incidents.opened_at", "desc")
    .orderBy("incidents.id", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ planned, state, may_be_doubled, ...row }) => ({
    ...row,
    delivery: planned === "planned" ? (state ?? "none") : planned,
    may_be_doubled: may_be_doubled === 1,
  }));
}

/** The webhook's messages, without what they said, the newest first. */
export async function listWebhookDeliveries(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  limit = SHOWN,
) {
  const messages = await read
    .selectFrom("webhook_messages")
    .select(["id", "event", "state", "attempts", "error", "created_at", "finished_at"])
    .where("installed_app_id", "=", installedAppId)
    .orderBy("created_at", "desc")
    .limit(limit)
    .execute();
  const attempts = await listAttempts(
    { read },
    messages.map(({ id }) => id),
  );
  return messages.map((message) => ({
    ...message,
    attempts_made: attempts.filter(({ delivery_id }) => delivery_id === message.id),
  }));
}

async function listAttempts({ read }: Pick<Database, "read">, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return await read
    .selectFrom("delivery_attempts")
    .select(["delivery_id", "channel", "at", "outcome"])
    .where("delivery_id", "in", ids)
    .orderBy("at")
    .execute();
}
