import type { Database } from "#db/database.server.ts";

/** For the operator: each install's monitors in numbers. What they watch and find is the install's own business. */
export const monitorHealth = {
  title: "Monitors",
  columns: ["Install", "Monitors", "Not evaluable", "Firing", "Unknown", "Waiting", "Parked", "Evaluated"],
  empty: "Monitors will be here once somebody has made one in the portal.",
  read: async (db: Pick<Database, "read">) =>
    (await readMonitorHealth(db)).map(
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

  return monitors.map((install) => {
    const { installed_app_id } = install;
    const subjects = (state: string) =>
      states.find((row) => row.installed_app_id === installed_app_id && row.state === state)?.subjects ?? 0;
    const deliveries = (wanted: readonly string[]) =>
      [...alerts, ...messages]
        .filter((row) => row.installed_app_id === installed_app_id && wanted.includes(row.state))
        .reduce((sum, row) => sum + row.deliveries, 0);
    return {
      ...install,
      firing: subjects("firing"),
      unknown: subjects("unknown"),
      waiting: deliveries(["pending", "sending"]),
      parked: deliveries(["parked"]),
    };
  });
}
