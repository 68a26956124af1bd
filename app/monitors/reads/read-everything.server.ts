import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { hasMoved } from "#app/platform/blnk/has-moved.ts";
import { isLineageBalance } from "#app/platform/blnk/lineage.ts";
import type { Balance } from "#app/platform/blnk/records.ts";
import { yieldToEventLoop } from "#app/platform/yield-to-event-loop.ts";

import { answers, type BalanceFilters } from "./balance-filters.ts";
import { type BalanceReader, type Fold, finishReader, type ReadContext } from "./balance-reader.ts";
import { type RequiredReads, keyOf } from "./plan-balance-reads.ts";
import { problemOf, problemOfUnread } from "./problem-of.ts";

/** A selection of up to so many balances is given whole to a monitor that asks only for some, which can then show them. */
const SHOWN = 200;

/**
 * One scan of all balances for all these monitors. Each is given what it would have asked for: monitors of the same
 * selection share the work of finding its balances in a page.
 *
 * @returns how many there are, unless the scan failed
 */
export async function readEverything(
  client: CloudClient,
  readers: readonly BalanceReader[],
  reading: ReadContext,
): Promise<number | undefined> {
  const groups = [
    ...Map.groupBy(readers, ({ requiredReads }) => selectionsOf(requiredReads).map(keyOf).join()),
  ].map(([, members]) => createGroup(members));
  let count = 0;
  let unread = 0;
  const onUnreadable = () => (unread += 1);
  const problem = await problemOf(async () => {
    for await (const page of client.balances.scan({ createdUntil: reading.now, onUnreadable })) {
      count += page.length;
      reading.seen(page);
      for (const group of groups) group.add(page);
      await yieldToEventLoop();
    }
  });
  for (const group of groups) await group.finish(reading, problem ?? problemOfUnread(unread, "balance"));
  return problem === undefined ? count : undefined;
}

function selectionsOf({ selection, scans, queries }: RequiredReads): BalanceFilters[] {
  if (selection) return [selection];
  return scans.length > 0 ? scans : queries;
}

type Member = {
  id: string;
  requiredReads: RequiredReads;
  ids: ReadonlySet<string>;
  fold: Fold;
  given: number;
};

function createGroup(readers: readonly BalanceReader[]) {
  const selections = selectionsOf(readers[0]!.requiredReads);
  const members = readers.map(({ id, requiredReads, fold }): Member => ({
    id,
    requiredReads,
    ids: new Set(requiredReads.ids),
    fold: fold(),
    given: 0,
  }));
  const byName = members.some(({ ids }) => ids.size > 0);
  const moved = new Set<string>();
  const idle = new Set<string>();
  return {
    add(page: readonly Balance[]) {
      const selected = page.filter((balance) => selections.some((filters) => answers(balance, filters)));
      for (const balance of selected)
        if (!isLineageBalance(balance)) (hasMoved(balance) ? moved : idle).add(balance.currency ?? "");
      for (const member of members) {
        give(member, selected);
        if (!byName || member.requiredReads.selection || member.ids.size === 0) continue;
        member.fold.add(
          page.filter((balance) => member.ids.has(balance.balance_id) && !selected.includes(balance)),
        );
      }
    },
    async finish(reading: ReadContext, problem: string | undefined): Promise<void> {
      const currencies = [...(moved.size > 0 ? moved : idle)];
      for (const { id, requiredReads, fold } of members) {
        finishReader(reading, id, fold, { problem, currencies: requiredReads.selection && currencies });
        await yieldToEventLoop();
      }
    },
  };
}

function give(member: Member, selected: readonly Balance[]): void {
  const { requiredReads, ids, fold } = member;
  const all = !requiredReads.selection || member.given < SHOWN;
  const rows = all
    ? selected
    : selected.filter(
        (balance) =>
          ids.has(balance.balance_id) || requiredReads.queries.some((filters) => answers(balance, filters)),
      );
  member.given += rows.length;
  if (rows.length > 0) fold.add(rows);
}
