import { availableOf } from "#app/platform/blnk/available-balance.ts";
import type { TransactionSide } from "#app/platform/blnk/checks.ts";

import type { ActionKind } from "./action.ts";

/** Minor units; undefined where Blnk did not say. */
type SideAmounts = {
  balance: bigint | undefined;
  /** What can be spent: holds are kept back, and what is on its way in does not count yet. */
  available: bigint | undefined;
};

export type SideEffect = { before: SideAmounts; after: SideAmounts };

export type ActionEffect = { source: SideEffect; destination: SideEffect };

type Change = { balance: bigint; available: bigint };

const NOTHING: Change = { balance: 0n, available: 0n };
const TAKEN: Change = { balance: -1n, available: -1n };
const GIVEN: Change = { balance: 1n, available: 1n };

/** What an action adds to each side, in times its amount. */
const CHANGES: Record<ActionKind, { source: Change; destination: Change }> = {
  // The hold kept it from being available already.
  commit: { source: { balance: -1n, available: 0n }, destination: GIVEN },
  void: { source: { balance: 0n, available: 1n }, destination: NOTHING },
  refund: { source: TAKEN, destination: GIVEN },
  adjustment: { source: TAKEN, destination: GIVEN },
};

/** Both balances before and after an action, which Core does the same way. */
export function effectOf(
  kind: ActionKind,
  amount: bigint,
  sides: { source: TransactionSide; destination: TransactionSide },
): ActionEffect {
  const { source, destination } = CHANGES[kind];
  return {
    source: changed(sides.source, source, amount),
    destination: changed(sides.destination, destination, amount),
  };
}

function changed({ balance }: TransactionSide, change: Change, amount: bigint): SideEffect {
  const before: SideAmounts = { balance: balance?.balance, available: balance && availableOf(balance) };
  const after: SideAmounts = {
    balance: add(before.balance, change.balance * amount),
    available: add(before.available, change.available * amount),
  };
  return { before, after };
}

function add(minor: bigint | undefined, change: bigint): bigint | undefined {
  return minor === undefined ? undefined : minor + change;
}

/** Whether an action takes a balance, or what is available of it, from zero or more to below zero. */
export function goesBelowZero({ before, after }: SideEffect): boolean {
  return (["balance", "available"] as const).some((amount) => {
    const [from, to] = [before[amount], after[amount]];
    return from !== undefined && to !== undefined && from >= 0n && to < 0n;
  });
}
