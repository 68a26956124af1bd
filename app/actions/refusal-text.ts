import type { CloudError } from "#app/platform/blnk/cloud-error.ts";

const BY_CORE_CODE: ReadonlyMap<string | undefined, string> = new Map([
  ["TXN_INSUFFICIENT_FUNDS", "The source does not have enough available"],
  ["TXN_COMMIT_AMOUNT_EXCEEDED", "That is more than remains of the hold"],
  ["TXN_ALREADY_COMMITTED", "The hold is committed in full already"],
  ["TXN_ALREADY_VOIDED", "The hold is voided already"],
  ["TXN_NOT_INFLIGHT", "There is no hold any more"],
  ["TXN_ALREADY_REFUNDED", "The transaction is refunded already"],
  ["TXN_INVALID_AMOUNT", "Blnk doesn't accept that amount"],
  ["TXN_NOT_FOUND", "Blnk has no such transaction"],
  ["BAL_NOT_FOUND", "One of its balances no longer exists"],
  ["GEN_CONFLICT", "Another change of the same transaction is already done or queued"],
  ["QUEUE_BACKPRESSURE", "Blnk's queue is full"],
  ["GEN_RESOURCE_LOCKED", "Another change to the same balance was under way"],
]);

/** Why Blnk refused to do something, in words. */
export function refusalText({ coreCode, message }: CloudError): string {
  return BY_CORE_CODE.get(coreCode) ?? message;
}
