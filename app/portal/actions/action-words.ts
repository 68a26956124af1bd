import type { ActionKind } from "#app/actions/action.ts";

export const ACTION_WORDS: Record<ActionKind, { title: string; verb: string; noun: string }> = {
  commit: { title: "Commit a hold", verb: "Commit", noun: "commit" },
  void: { title: "Void a hold", verb: "Void", noun: "void" },
  refund: { title: "Refund a transaction", verb: "Refund", noun: "refund" },
  adjustment: { title: "Adjust two balances", verb: "Adjust", noun: "adjustment" },
};
