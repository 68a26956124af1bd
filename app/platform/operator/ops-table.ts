import type { Database } from "#db/database.server.ts";

/** A table of a feature's own that the operator sees on the overview; ids and numbers, never ledger data. */
export type OpsTable = {
  title: string;
  columns: readonly string[];
  empty: string;
  /** The first cell is the row's name; `at` is a time in epoch ms. */
  read: (db: Database) => Promise<readonly OpsTableRow[]>;
  /** What waits for the operator, and where; undefined on a good day. */
  attention?: (app: PanelSource) => Promise<PanelNote | undefined>;
};

type PanelSource = { db: Database; clock: { now(): number }; intervalMs: number };
type PanelNote = { text: string; to: string };

export type OpsTableRow = readonly [string, ...OpsTableCell[]];
export type OpsTableCell = string | number | { at: number } | null;
