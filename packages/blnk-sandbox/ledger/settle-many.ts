import { CoreError } from "./core-error.ts";
import type { Ledger } from "./ledger.ts";
import { type Settlement, settleRow, updateInflight } from "./update-inflight.ts";

export type SettlementItem = { transaction_id: string; amountAt: Settlement["amountAt"] };

export type SettlementResult = { transaction_id: string; status: string; code?: string; message?: string };

const RESULT_CODES: Partial<Record<CoreError["code"], string>> = {
  TXN_NOT_FOUND: "NOT_FOUND",
  TXN_ALREADY_VOIDED: "ALREADY_VOIDED",
  TXN_ALREADY_COMMITTED: "ALREADY_COMMITTED",
  TXN_NOT_INFLIGHT: "NOT_INFLIGHT",
  TXN_COMMIT_AMOUNT_EXCEEDED: "INVALID_AMOUNT",
};

/** Commits or voids rows by their own ids, each for itself: `skip_queue` settles even the QUEUED row of a rejected hold. */
export function settleMany(
  ledger: Ledger,
  items: SettlementItem[],
  { action, skip_queue }: { action: Settlement["action"]; skip_queue: boolean },
): SettlementResult[] {
  return items.map(({ transaction_id, amountAt }) => {
    try {
      if (skip_queue) {
        settleRow(ledger, transaction_id, { action, amountAt });
        return { transaction_id, status: "succeeded" };
      }
      updateInflight(ledger, transaction_id, { action, amountAt, skip_queue: false });
      return { transaction_id, status: "queued", code: "QUEUED" };
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      const { code, message } = error;
      if (code === "GEN_CONFLICT")
        return { transaction_id, status: "queued", code: "ALREADY_QUEUED", message };
      return { transaction_id, status: "failed", code: RESULT_CODES[code] ?? "INTERNAL_ERROR", message };
    }
  });
}
