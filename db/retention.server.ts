import { type RawBuilder, sql } from "kysely";

import type { Schema } from "./schema.ts";
import type { Tx } from "./write-queue.server.ts";

/** Rows of a table that go once a column of theirs is so old. */
export type RetentionRule = { [T in keyof Schema]: RuleOf<T> }[keyof Schema];

type RuleOf<T extends keyof Schema> = {
  table: T;
  /** `uninstalled_at`: when the row's install was uninstalled. */
  since: (keyof Schema[T] & string) | "uninstalled_at";
  /** How long they are kept, in ms. */
  keep: number;
  /** As the index spells it, if there is one: a bound value would not meet it. */
  where?: RawBuilder<unknown>;
  /** Its primary key, where that is not `id`. */
  key?: (keyof Schema[T] & string)[];
  /** Tables whose `monitor_id` names the row, if deleting it does not delete theirs. */
  children?: readonly ("incidents" | "alert_deliveries")[];
};

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

/** What docs/storage.md says is no longer kept. What refers to a row with `on delete cascade` goes with it. */
export const RETENTION: readonly RetentionRule[] = [
  { table: "launches", since: "expires_at", keep: 24 * HOUR, key: ["launch_id"] },
  { table: "jobs", since: "finished_at", keep: 30 * DAY },
  { table: "activity", since: "at", keep: 400 * DAY },
  { table: "activity", since: "uninstalled_at", keep: 90 * DAY },
  {
    table: "currency_decimals",
    since: "uninstalled_at",
    keep: 90 * DAY,
    key: ["installed_app_id", "currency"],
  },
  { table: "actions", since: "created_at", keep: 400 * DAY },
  { table: "actions", since: "created_at", keep: 24 * HOUR, where: sql`state = 'prepared'` },
  { table: "actions", since: "uninstalled_at", keep: 90 * DAY },
  { table: "evaluations", since: "at", keep: 30 * DAY },
  { table: "incidents", since: "opened_at", keep: 400 * DAY, where: sql`closed_at is not null` },
  {
    table: "alert_deliveries",
    since: "created_at",
    keep: 400 * DAY,
    where: sql`not exists (select 1 from incidents where incidents.alert_id = alert_deliveries.id)`,
  },
  { table: "delivery_attempts", since: "at", keep: 30 * DAY },
  { table: "webhook_messages", since: "created_at", keep: 30 * DAY },
  {
    table: "monitors",
    since: "deleted_at",
    keep: 400 * DAY,
    children: ["incidents", "alert_deliveries"],
  },
  {
    table: "monitors",
    since: "uninstalled_at",
    keep: 90 * DAY,
    children: ["incidents", "alert_deliveries"],
  },
  // First, so that an install that comes back in between starts anew.
  { table: "watches", since: "uninstalled_at", keep: 90 * DAY, key: ["installed_app_id"] },
  {
    table: "seen_rows",
    since: "uninstalled_at",
    keep: 90 * DAY,
    key: ["installed_app_id", "transaction_id"],
  },
  { table: "open_chains", since: "uninstalled_at", keep: 90 * DAY, key: ["installed_app_id", "chain_id"] },
  {
    table: "window_rows",
    since: "uninstalled_at",
    keep: 90 * DAY,
    key: ["installed_app_id", "transaction_id"],
  },
  { table: "operator_sessions", since: "created_at", keep: 8 * HOUR, key: ["token_hash"] },
  { table: "operator_actions", since: "at", keep: 400 * DAY },
];

// Small batches, so that callbacks get their turn between them; a monitor may have many rows.
const BATCH = 200;
const MONITORS = 20;

/** Deletes one batch of what a rule no longer keeps, and answers whether there may be more. */
export async function deleteExpired(tx: Tx, rule: RetentionRule, now: number): Promise<"more" | "done"> {
  const { table, since, keep, where, children = [] } = rule;
  const limit = children.length > 0 ? MONITORS : BATCH;
  const column = (name: string) => sql.ref(`${table}.${name}`);
  const key = sql.join((rule.key ?? ["id"]).map(column));
  const before = now - keep;
  const rows =
    since === "uninstalled_at"
      ? sql`from installs join ${sql.table(table)} on ${column("installed_app_id")} = installs.installed_app_id
          where installs.state = 'inactive' and installs.uninstalled_at < ${before}`
      : sql`from ${sql.table(table)} where ${column(since)} < ${before}`;
  const expired = sql`select ${key} ${rows} ${where ? sql`and ${where}` : sql``} limit ${limit}`;
  for (const child of children)
    await sql`delete from ${sql.table(child)} where monitor_id in (${expired})`.execute(tx);
  const { numAffectedRows } =
    await sql`delete from ${sql.table(table)} where (${key}) in (${expired})`.execute(tx);
  return numAffectedRows === BigInt(limit) ? "more" : "done";
}
