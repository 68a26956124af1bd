import type { Balance } from "#app/platform/blnk/records.ts";

import type { SubjectResult } from "../kinds/facts.ts";
import type { RequiredReads } from "./plan-balance-reads.ts";

/** A monitor whose balances are to be read. */
export type BalanceReader = { id: string; requiredReads: RequiredReads; fold: () => Fold };

/** What its pages are folded into; made anew when a read has to be done again. */
export type Fold = {
  add: (page: readonly Balance[]) => void;
  finish: (reads: { problem?: string; currencies?: readonly string[] }) => SubjectResult[];
};

/** What the reads of a cycle share. */
export type ReadContext = {
  now: number;
  /** Is given every balance that any read brings. */
  seen: (page: readonly Balance[]) => void;
  results: Map<string, SubjectResult[]>;
  problems: Map<string, string>;
};

export function finishReader(
  { results, problems }: ReadContext,
  id: string,
  fold: Fold,
  { problem, currencies }: { problem: string | undefined; currencies: readonly string[] | undefined },
): void {
  results.set(
    id,
    fold.finish({ ...(problem !== undefined && { problem }), ...(currencies && { currencies }) }),
  );
  if (problem !== undefined) problems.set(id, problem);
}
