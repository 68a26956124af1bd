export type CoreCode =
  | "GEN_MALFORMED_REQUEST"
  | "GEN_VALIDATION_ERROR"
  | "GEN_MISSING_PARAMETER"
  | "GEN_BAD_REQUEST"
  | "GEN_CONFLICT"
  | "GEN_RATE_LIMITED"
  | "GEN_RESOURCE_LOCKED"
  | "TXN_INSUFFICIENT_FUNDS"
  | "TXN_INVALID_AMOUNT"
  | "TXN_PRECISION_NOT_INTEGER"
  | "TXN_NOT_INFLIGHT"
  | "TXN_COMMIT_AMOUNT_EXCEEDED"
  | "TXN_INVALID_STATUS_ACTION"
  | "TXN_BULK_EMPTY"
  | "TXN_BULK_LIMIT_EXCEEDED"
  | "TXN_VALIDATION_ERROR"
  | "TXN_NOT_FOUND"
  | "TXN_DUPLICATE_REFERENCE"
  | "TXN_ALREADY_COMMITTED"
  | "TXN_ALREADY_VOIDED"
  | "TXN_ALREADY_REFUNDED"
  | "BAL_INVALID_TIMESTAMP"
  | "BAL_NOT_FOUND"
  | "LGR_NOT_FOUND"
  | "IDT_VALIDATION_ERROR"
  | "IDT_NOT_FOUND"
  | "IDT_TOKENIZATION_DISABLED"
  | "IDT_FIELD_NOT_TOKENIZABLE"
  | "IDT_FIELD_NOT_TOKENIZED"
  | "IDT_FIELD_ALREADY_TOKENIZED"
  | "META_INVALID_ENTITY_ID"
  | "META_ENTITY_NOT_FOUND";

/** A refusal of Core. `body` names the key its text goes under: Core says `errors` where a body failed validation. */
export class CoreError extends Error {
  readonly code: CoreCode;
  readonly body: "error" | "errors";
  readonly details: unknown;

  constructor(code: CoreCode, message: string, body: "error" | "errors" = "error", details?: unknown) {
    super(message);
    this.code = code;
    this.body = body;
    this.details = details;
  }
}
