import { CoreError } from "../../ledger/core-error.ts";
import { isSince } from "../../ledger/core-version.ts";
import { previewMany } from "../../ledger/preview.ts";
import { type SettlementItem, settleMany } from "../../ledger/settle-many.ts";
import type { Answer, Call } from "../router.ts";
import { isDryRun } from "./dry-run.ts";
import { BodyObject, readObject } from "./read-object.ts";
import { readSettledAmount } from "./read-settled-amount.ts";

const MOST_ITEMS = 100;

export function commitMany(call: Call): Answer {
  const sent = readObject(call.body);
  const items = sent.list("transactions").map((value) => {
    const item = new BodyObject(value);
    return {
      transaction_id: item.text("transaction_id"),
      amountAt: readSettledAmount(item, call.switches.core_version),
    };
  });
  return settle(call, sent, "commit", items);
}

export function voidMany(call: Call): Answer {
  const sent = readObject(call.body);
  const items = sent
    .list("transaction_ids")
    .map((id) => ({ transaction_id: String(id), amountAt: undefined }));
  return settle(call, sent, "void", items);
}

function settle(
  { instance, switches }: Call,
  sent: BodyObject,
  action: "commit" | "void",
  items: SettlementItem[],
): Answer {
  if (items.length === 0) throw new CoreError("TXN_BULK_EMPTY", "transactions cannot be empty");
  if (items.length > MOST_ITEMS) {
    throw new CoreError("TXN_BULK_LIMIT_EXCEEDED", `too many transactions; max is ${MOST_ITEMS}`);
  }
  if (isDryRun(sent, switches)) return { status: 200, body: previewMany(instance.ledger, items, action) };
  const skip_queue = sent.flag("skip_queue") || !isSince(switches.core_version, "0.15.2");
  const results = settleMany(instance.ledger, items, { action, skip_queue });
  const failed = results.filter(({ status }) => status === "failed").length;
  return { status: 200, body: { succeeded: results.length - failed, failed, results } };
}
