import type { Database } from "#db/database.server.ts";

import { listLateChecks } from "./watch/late-checks.server.ts";

const SHOWN = 100;

/** For the operator: each install's monitors in numbers, those in trouble first. What they watch and find is the install's own business. */
export const monitorHealth = {
  title: "Monitors",
  columns: ["Install", "Monitors", "Not evaluable", "Firing", "Unknown", "Waiting", "Parked", "Evaluated"],
  empty: "Monitors will be here once somebody has made one in the portal.",
  attention: async ({
    db,
    clock,
    intervalMs,
  }: {
    db: Pick<Database, "read">;
    clock: { now(): number };
    intervalMs: number;
  }) => {
    const { length } = await listLateChecks(db, { now: clock.now(), intervalMs });
    if (length === 0) return undefined;
    return {
      text: `Monitors of ${length === 1 ? "1 install" : `${length} installs`} are not checked`,
      to: "/ops/jobs",
    };
  },
  read: async (db: Pick<Database, "read">) =>
    (await readMonitorHealth(db))
      .toSorted((one, other) => troubles(other) - troubles(one))
      .slice(0, SHOWN)
      .map(
        ({ installed_app_id, monitors, problems, firing, unknown, waiting, parked, oldest_evaluation }) =>
          [
            installed_app_id,
            monitors,
            problems,
            firing,
            unknown,
            waiting,
            parked,
            oldest_evaluation === null ? null : { at: oldest_evaluation },
          ] as const,
      ),
};

function troubles({
  problems,
  unknown,
  parked,
}: Awaited<ReturnType<typeof readMonitorHealth>>[number]): number {
  return problems + unknown + parked;
}

export async function readMonitorHealth({ read }: Pick<Database, "read">) {
  const monitors = await read
    .selectFrom("monitors")
    .select((eb) => [
      "installed_app_id",
      eb.fn.countAll<number>().as("monitors"),
      eb.fn.count<number>("problem").as("problems"),
      eb.fn.min("evaluated_at").as("oldest_evaluation"),
    ])
    .where("deleted_at", "is", null)
    .groupBy("installed_app_id")
    .orderBy("installed_app_id")
    .execute();
  const states = await read
    .selectFrom("monitor_states")
    .innerJoin("monitors", "monitors.id", "monitor_states.monitor_id")
    .select((eb) => ["installed_app_id", "state", eb.fn.countAll<number>().as("subjects")])
    .where("state", "in", ["firing", "unknown"])
    .where("deleted_at", "is", null)
    .groupBy(["installed_app_id", "state"])
    .execute();
  const alerts = await read
    .selectFrom("alert_deliveries")
    .select((eb) => ["installed_app_id", "state", eb.fn.countAll<number>().as("deliveries")])
    .where("state", "in", ["pending", "sending", "parked"])
    .groupBy(["installed_app_id", "state"])
    .execute();
  const messages = await read
    .selectFrom("webhook_messages")
    .select((eb) => ["installed_app_id", "state", eb.fn.countAll<number>().as("deliveries")])
    .where("state", "in", ["pending", "parked"])
    .groupBy(["installed_app_id", "state"])
    .execute();

  const totals = new Map<string, number>();
  for (const { installed_app_id, state, subjects } of states)
    totals.set(`${installed_app_id} ${state}`, subjects);
  for (const { installed_app_id, state, deliveries } of [...alerts, ...messages]) {
    const key = `${installed_app_id} ${state === "sending" ? "pending" : state}`;
    totals.set(key, (totals.get(key) ?? 0) + deliveries);
  }
  return monitors.map((install) => {
    const total = (state: string) => totals.get(`${install.installed_app_id} ${state}`) ?? 0;
    return {
      ...install,
      firing: total("firing"),
      unknown: total("unknown"),
      waiting: total("pending"),
      parked: total("parked"),
    };
  });
}
