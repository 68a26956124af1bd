import type { Transaction } from "#app/platform/blnk/records.ts";
import { remainingOf } from "#app/platform/blnk/remaining-of.ts";
import { parseJson, stringifyJson } from "#app/platform/blnk/transport/lossless-json.ts";

const DAY_MS = 24 * 60 * 60_000;
/** How long an outcome is waited for. */
export const QUEUE_LOOK_BACK_MS = 7 * DAY_MS;
export const HOLD_LOOK_BACK_MS = 90 * DAY_MS;

const WAITING: ReadonlySet<string | undefined> = new Set(["QUEUED", "SCHEDULED"]);

export function isOpening({ status }: Transaction): boolean {
  return WAITING.has(status) || status === "INFLIGHT";
}

/** Rows of a chain whose children may still come: queued ones without an outcome, and holds with a remainder. */
export function openRows(rows: readonly Transaction[], now: number): Transaction[] {
  return rows.filter((row) => {
    const since = Math.max(row.created_at ?? now, row.scheduled_for ?? 0);
    if (WAITING.has(row.status)) {
      return (
        now - since < QUEUE_LOOK_BACK_MS &&
        !rows.some(({ parent_transaction }) => parent_transaction === row.transaction_id)
      );
    }
    return row.status === "INFLIGHT" && now - since < HOLD_LOOK_BACK_MS && remainingOf(row, rows) !== 0n;
  });
}

// Whoever may write a description must not fill the volume.
const MAX_TEXT = 4_000;

/** A chain as it is stored, without losing a digit. */
export function writeChain(rows: readonly Transaction[]): string {
  return stringifyJson(
    rows.map((row) => ({ ...row, description: row.description?.slice(0, MAX_TEXT).toWellFormed() })),
  );
}

export function readChain(content: string): Transaction[] {
  const rows = parseJson(content) as unknown as (Transaction & {
    precise_amount?: bigint | number;
    precision?: bigint | number;
  })[];
  return rows.map((row) => ({
    ...row,
    precise_amount: integer(row.precise_amount),
    precision: integer(row.precision),
  }));
}

function integer(value: bigint | number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}
