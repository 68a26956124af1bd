import type { ActionKind } from "#app/actions/action.ts";

export const ACTION_WORDS: Record<ActionKind, { title: string; verb: string; noun: string }> = {
  commit: { title: "Commit a hold", verb: "Commit", noun: "commit" },
  void: { title: "Void a hold", verb: "Void", noun: "void" },
  refund: { title: "Refund a transaction", verb: "Refund", noun: "refund" },
  adjustment: { title: "Adjust two balances", verb: "Adjust", noun: "adjustment" },
};

/** What money does, once it is confirmed. */
export function movementText(kind: ActionKind, money: string, from: string, to: string): string {
  return {
    commit: `${money}, held until now, leaves ${from} and arrives at ${to}.`,
    void: `${money}, held until now for ${to}, is available to ${from} again. No balance changes.`,
    refund: `${money} goes back from ${from} to ${to}, even if that leaves ${from} below zero.`,
    adjustment: `${money} is taken from ${from} and given to ${to}.`,
  }[kind];
}
