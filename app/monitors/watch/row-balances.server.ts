import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { shadowEnds } from "#app/platform/blnk/lineage.ts";
import type { Balance } from "#app/platform/blnk/records.ts";

import { needsEndpointBalances } from "../kinds/evaluate.ts";
import type { EndpointBalance, Chain } from "../kinds/facts.ts";
import type { StoredMonitor } from "../monitors.server.ts";
import { batches } from "../reads/batches.ts";
import { idsOfEnds, unknownEnds } from "../reads/ends.ts";
import { findBalances } from "../reads/read-by-id.server.ts";
import type { RowGroup } from "../reads/read-rows.server.ts";

/** Far more than a group of rows has; known ones need not be asked for again. */
const HELD_BALANCES = 20_000;

/** The balances at either end of rows, from whatever reads bring them, and by id for the rest. */
export function createRowBalances(client: CloudClient, monitors: readonly StoredMonitor[]) {
  const asking = monitors.filter(({ monitor }) => needsEndpointBalances(monitor));
  const isStuck = ({ kind }: StoredMonitor) => kind === "stuck_transaction";
  const follows = monitors.some(isStuck);
  const asksOfChains = asking.some(isStuck);
  const found = new Map<string, EndpointBalance | undefined>();
  let wanted = new Set<string>();
  let unread = 0;

  const isNameless = (chain: Chain) =>
    follows && (asksOfChains || shadowEnds(chain.rows).length > 0) && unknownEnds(chain).length > 0;
  const see = (page: readonly Balance[]) => {
    for (const { balance_id, indicator, ledger_id, identity_id } of page)
      if (wanted.has(balance_id)) found.set(balance_id, { balance_id, indicator, ledger_id, identity_id });
  };

  return {
    find: (id: string) => found.get(id),
    /** How many could not be read. */
    unread: () => unread,

    /** What is wanted of these rows and chains: other reads may bring it. */
    want({ rows }: RowGroup, chains: readonly Chain[]): void {
      if (found.size > HELD_BALANCES) found.clear();
      wanted = new Set([
        ...(asking.length > 0 ? idsOfEnds(rows) : shadowEnds(rows)),
        ...chains.filter(isNameless).flatMap(unknownEnds),
      ]);
    },

    see,

    async readRest(): Promise<void> {
      await Promise.all(
        batches([...wanted].filter((id) => !found.has(id))).map(async (ids) => {
          see(await findBalances(client, ids, () => (unread += 1)));
          for (const id of ids) if (!found.has(id)) found.set(id, undefined);
        }),
      );
    },

    /** Tells chains of the balances at their ends, once for as long as they are open. */
    name<C extends Chain>(chains: readonly C[]): C[] {
      return chains.map((chain) => {
        if (!isNameless(chain)) return chain;
        const ends = unknownEnds(chain).map((id) => found.get(id) ?? { ...NO_BALANCE, balance_id: id });
        return { ...chain, ends: [...chain.ends, ...ends] };
      });
    },
  };
}

const NO_BALANCE = { indicator: undefined, ledger_id: undefined, identity_id: undefined };
