import type { CoreCode, CoreError } from "../ledger/core-error.ts";
import { BulkError } from "../ledger/record-bulk.ts";
import { type CoreVersion, isSince } from "../ledger/core-version.ts";
import type { Answer } from "./router.ts";

// Every code that is not here is a 400.
const STATUS: Partial<Record<CoreCode, number>> = {
  IDT_TOKENIZATION_DISABLED: 403,
  TXN_NOT_FOUND: 404,
  BAL_NOT_FOUND: 404,
  LGR_NOT_FOUND: 404,
  IDT_NOT_FOUND: 404,
  META_ENTITY_NOT_FOUND: 404,
  GEN_CONFLICT: 409,
  TXN_DUPLICATE_REFERENCE: 409,
  TXN_ALREADY_COMMITTED: 409,
  TXN_ALREADY_VOIDED: 409,
  TXN_ALREADY_REFUNDED: 409,
  IDT_FIELD_ALREADY_TOKENIZED: 409,
  GEN_RESOURCE_LOCKED: 423,
  GEN_RATE_LIMITED: 429,
};

const OLD_STATUS: typeof STATUS = { GEN_RATE_LIMITED: 429 };

/** Core's answer to a refusal, which Cloud passes on unchanged. Before 0.15 it is a 400 without `error_detail`. */
export function coreRefusal(error: CoreError | BulkError, version: CoreVersion): Answer {
  const cause = error instanceof BulkError ? error.cause : error;
  return {
    status: isSince(version, "0.15.2") ? (STATUS[cause.code] ?? 400) : (OLD_STATUS[cause.code] ?? 400),
    body: {
      [error instanceof BulkError ? "error" : cause.body]: cause.message,
      ...(error instanceof BulkError && { batch_id: error.batchId }),
      ...(isSince(version, "0.15.2") && {
        error_detail: { code: cause.code, message: cause.message, details: cause.details },
      }),
    },
  };
}
