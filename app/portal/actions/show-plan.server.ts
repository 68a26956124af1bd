import { goesBelowZero, type SideEffect } from "#app/actions/action-effect.ts";
import { type ActionLimit, listActionLimits } from "#app/actions/limits/action-limits.server.ts";
import type { ActionKind } from "#app/actions/action.ts";
import { type ActionPlan, type ActionRequest, planAction } from "#app/actions/plan-action.server.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { TransactionSide } from "#app/platform/blnk/checks.ts";
import { shortenId } from "#app/ui/short-id.tsx";
import type { Database } from "#db/database.server.ts";

import { balanceName } from "#app/portal/balances/balance-line.ts";
import type { AssumePrecision } from "#app/platform/portal/precision/currency-precisions.server.ts";

export type ShownSide = {
  balance_id: string;
  name: string;
  effect: SideEffect | undefined;
  goesBelowZero: boolean;
};

/** A plan as a page shows it. */
export type ShownPlan = Pick<ActionPlan, "amount" | "precision" | "currency" | "problems" | "warnings"> & {
  kind: ActionKind;
  targetId: string | undefined;
  /** What the transaction that it is about is called. */
  about: string | undefined;
  /** Of the hold, now. */
  remaining: bigint | undefined;
  source: ShownSide;
  destination: ShownSide;
  limit: ActionLimit | undefined;
};

export async function showPlan(
  client: CloudClient,
  db: Pick<Database, "read">,
  instanceId: string,
  request: ActionRequest,
  assume: AssumePrecision,
): Promise<ShownPlan> {
  const [plan, limits] = await Promise.all([
    planAction(client, request, assume),
    listActionLimits(db, instanceId),
  ]);
  const { kind, target, hold, amount, precision, currency, problems, warnings, sides, effect } = plan;
  return {
    kind,
    targetId: target?.transaction_id,
    about: target?.description ?? target?.reference,
    remaining: hold?.remaining,
    amount,
    precision,
    currency,
    source: shownSide(sides.source, effect?.source),
    destination: shownSide(sides.destination, effect?.destination),
    problems,
    warnings,
    limit: limits.find((limit) => limit.currency === currency),
  };
}

function shownSide({ balance }: TransactionSide, effect: SideEffect | undefined): ShownSide {
  const { balance_id } = balance!;
  return {
    balance_id,
    name: balanceName(balance!) ?? shortenId(balance_id),
    effect,
    goesBelowZero: effect !== undefined && goesBelowZero(effect),
  };
}
