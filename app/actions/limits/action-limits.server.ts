import type { Selectable } from "kysely";

import { parseAmount } from "#app/money/parse-amount.ts";
import type { Database } from "#db/database.server.ts";
import type { ActionLimitRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { Action } from "../action.ts";

/** Decimals in major units; null is no limit. */
export type ActionLimit = Omit<Selectable<ActionLimitRow>, "instance_id">;

/*
 * Limits belong to the instance whose money it is and not to an install: a re-install neither sheds them nor begins the
 * day's count anew.
 */

export async function listActionLimits(
  { read }: Pick<Database, "read">,
  instanceId: string,
): Promise<ActionLimit[]> {
  return await read
    .selectFrom("action_limits")
    .select(["currency", "per_action", "per_day"])
    .where("instance_id", "=", instanceId)
    .orderBy("currency")
    .execute();
}

/** Sets both limits of a currency; without either there are none. */
export async function setActionLimit(tx: Tx, instanceId: string, limit: ActionLimit): Promise<void> {
  const { currency, ...amounts } = limit;
  if (amounts.per_action === null && amounts.per_day === null) {
    await tx
      .deleteFrom("action_limits")
      .where("instance_id", "=", instanceId)
      .where("currency", "=", currency)
      .execute();
    return;
  }
  await tx
    .insertInto("action_limits")
    .values({ instance_id: instanceId, ...limit })
    .onConflict((conflict) => conflict.columns(["instance_id", "currency"]).doUpdateSet(amounts))
    .execute();
}

/**
 * Why an action is beyond a limit, if it is. The day is a calendar day in UTC, and counts every action that was applied
 * in it, and every one that still may be, whenever it was started.
 */
export async function findLimitProblem(
  handle: Tx | Database["read"],
  instanceId: string,
  action: Pick<Action, "id" | "amount" | "precision" | "currency">,
  now: number,
): Promise<string | undefined> {
  const limit = await handle
    .selectFrom("action_limits")
    .selectAll()
    .where("instance_id", "=", instanceId)
    .where("currency", "=", action.currency)
    .executeTakeFirst();
  if (!limit) return undefined;
  if (limit.per_action !== null && isOver([action], limit.per_action))
    return `More than ${action.currency} ${limit.per_action} may not be moved by one action here`;
  if (limit.per_day === null) return undefined;
  const today = await listCounted(handle, instanceId, action, now);
  return isOver([action, ...today], limit.per_day)
    ? `More than ${action.currency} ${limit.per_day} may not be moved in one day here`
    : undefined;
}

const DAY_MS = 24 * 60 * 60_000;

async function listCounted(
  handle: Tx | Database["read"],
  instanceId: string,
  { id, currency }: Pick<Action, "id" | "currency">,
  now: number,
): Promise<Fraction[]> {
  const rows = await handle
    .selectFrom("actions")
    .innerJoin("installs", "installs.installed_app_id", "actions.installed_app_id")
    .select(["actions.amount", "actions.precision"])
    .where("installs.instance_id", "=", instanceId)
    .where("actions.currency", "=", currency)
    .where((eb) =>
      eb.or([
        eb("actions.state", "=", "under_way"),
        eb.and([eb("actions.state", "=", "applied"), eb("actions.settled_at", ">=", now - (now % DAY_MS))]),
      ]),
    )
    .where("actions.id", "!=", id)
    .execute();
  return rows.map(({ amount, precision }) => ({ amount: BigInt(amount), precision: BigInt(precision) }));
}

type Fraction = { amount: bigint; precision: bigint };

/** Exact, whatever precisions the amounts have: all are brought to a unit that each of them is a multiple of. */
function isOver(amounts: readonly Fraction[], limit: string): boolean {
  const unit = [...new Set(amounts.map(({ precision }) => precision))].reduce(
    (product, precision) => product * precision,
    FINEST_LIMIT,
  );
  const most = parseAmount(limit, unit);
  const sum = amounts.reduce((total, { amount, precision }) => total + amount * (unit / precision), 0n);
  // A limit that cannot be read lets nothing pass.
  return typeof most !== "bigint" || sum > most;
}

/** Limits have at most 18 decimals. */
const FINEST_LIMIT = 10n ** 18n;
