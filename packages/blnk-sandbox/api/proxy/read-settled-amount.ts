import { CoreError } from "../../ledger/core-error.ts";
import { type CoreVersion, isSince } from "../../ledger/core-version.ts";
import type { Settlement } from "../../ledger/update-inflight.ts";
import type { BodyObject } from "./read-object.ts";
import { minorUnits } from "./read-transaction.ts";

/** What a body asks to commit: `precise_amount` before `amount`, and undefined for all that is left, as is 0 or less before 0.15. */
export function readSettledAmount(sent: BodyObject, version: CoreVersion): Settlement["amountAt"] {
  const precise = sent.integer("precise_amount");
  const isNothing = precise !== undefined && precise <= 0n;
  if (isNothing && !isSince(version, "0.15.2")) return undefined;
  if (isNothing) {
    throw new CoreError("TXN_INVALID_AMOUNT", "precise_amount must be positive");
  }
  const amount = sent.number("amount");
  if (amount < 0) throw new CoreError("TXN_INVALID_AMOUNT", "amount must be positive");
  if (precise === undefined && amount === 0) return undefined;
  return (precision) => precise ?? minorUnits(amount, precision);
}
