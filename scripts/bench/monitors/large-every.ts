/** Of so many rows that a generated ledger books, one is large. */
export const LARGE_EVERY = 100_000;
