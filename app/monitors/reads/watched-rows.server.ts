import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { batches } from "./batches.ts";
import type { EndpointBalance, Chain, SeenTransaction } from "../kinds/facts.ts";
import { openRows, readChain, writeChain } from "./chains.server.ts";

/** Which of these rows were seen, and the chains that they belong to. */
export async function findChainIds(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const some of batches(ids)) {
    const rows = await read
      .selectFrom("seen_rows")
      .select(["transaction_id", "chain_id"])
      .where("installed_app_id", "=", installedAppId)
      .where("transaction_id", "in", some)
      .execute();
    for (const { transaction_id, chain_id } of rows) found.set(transaction_id, chain_id);
  }
  return found;
}

/** Chains that wait, by id, some at a time. */
export async function listOpenChains(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  { after, limit }: { after: string; limit: number },
): Promise<Chain[]> {
  const chains = await read
    .selectFrom("open_chains")
    .select(["chain_id", "content", "ends"])
    .where("installed_app_id", "=", installedAppId)
    .where("chain_id", ">", after)
    .orderBy("chain_id")
    .limit(limit)
    .execute();
  return chains.map(chainOf);
}

/** Those of these chains that wait. */
export async function findOpenChains(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  ids: readonly string[],
): Promise<Map<string, Chain>> {
  const found = new Map<string, Chain>();
  for (const some of batches(ids)) {
    const chains = await read
      .selectFrom("open_chains")
      .select(["chain_id", "content", "ends"])
      .where("installed_app_id", "=", installedAppId)
      .where("chain_id", "in", some)
      .execute();
    for (const chain of chains) found.set(chain.chain_id, chainOf(chain));
  }
  return found;
}

function chainOf({ chain_id, content, ends }: { chain_id: string; content: string; ends: string }): Chain {
  return { chain_id, rows: readChain(content), ends: JSON.parse(ends) as EndpointBalance[] };
}

/**
 * Remembers what was read, after all that follows from it was stored: a crash before this reads the same rows again.
 *
 * @param changed the chains that gained rows; one that waits for nothing any more is forgotten, unless it is `kept`
 */
export async function rememberRows(
  db: Pick<Database, "write">,
  installedAppId: string,
  {
    rows,
    changed,
    kept,
    now,
  }: {
    rows: readonly SeenTransaction[];
    changed: readonly Chain[];
    kept: ReadonlySet<string>;
    now: number;
  },
): Promise<void> {
  const waits = ({ chain_id, rows: all }: Chain) => kept.has(chain_id) || openRows(all, now).length > 0;
  // A row that counts as seen must not be missing in its chain.
  for (const some of batches(changed)) {
    await db.write(async (tx) => {
      const closed = some.filter((chain) => !waits(chain));
      await keepChains(tx, installedAppId, some.filter(waits), now);
      await dropChains(
        tx,
        installedAppId,
        closed.map(({ chain_id }) => chain_id),
      );
    });
  }
  for (const some of batches(rows)) {
    await db.write((tx) =>
      tx
        .insertInto("seen_rows")
        .values(
          some.map(({ transaction_id, chain_id, created_at }) => ({
            installed_app_id: installedAppId,
            transaction_id,
            chain_id,
            created_at: created_at ?? now,
          })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
  }
}

/** Everything until then was read; of what was seen, only what the next read brings again is kept. */
export async function moveCursor(
  { write }: Pick<Database, "write">,
  installedAppId: string,
  until: number,
  keepFrom: number,
): Promise<void> {
  await write(async (tx) => {
    await tx
      .insertInto("watches")
      .values({
        installed_app_id: installedAppId,
        rows_until: until,
        balances: null,
        completed_at: null,
        notified_trouble: null,
      })
      .onConflict((conflict) => conflict.column("installed_app_id").doUpdateSet({ rows_until: until }))
      .execute();
    await pruneSeen(tx, installedAppId, keepFrom);
  });
}

/** Rows of a chain that waits are kept: by them those that follow are known. */
async function pruneSeen(tx: Tx, installedAppId: string, keepFrom: number): Promise<void> {
  await tx
    .deleteFrom("seen_rows")
    .where("installed_app_id", "=", installedAppId)
    .where("created_at", "<", keepFrom)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("open_chains")
            .select("open_chains.chain_id")
            .where("open_chains.installed_app_id", "=", installedAppId)
            .whereRef("open_chains.chain_id", "=", "seen_rows.chain_id"),
        ),
      ),
    )
    .execute();
}

export async function dropChains(tx: Tx, installedAppId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .deleteFrom("open_chains")
    .where("installed_app_id", "=", installedAppId)
    .where("chain_id", "in", ids)
    .execute();
}

async function keepChains(
  tx: Tx,
  installedAppId: string,
  chains: readonly Chain[],
  now: number,
): Promise<void> {
  for (const { chain_id, rows, ends } of chains) {
    const opened_at = Math.min(...rows.map(({ created_at }) => created_at ?? now));
    const known = { content: writeChain(rows), ends: JSON.stringify(ends) };
    await tx
      .insertInto("open_chains")
      .values({ installed_app_id: installedAppId, chain_id, opened_at, ...known })
      .onConflict((conflict) => conflict.columns(["installed_app_id", "chain_id"]).doUpdateSet(known))
      .execute();
  }
}

/** Nothing watches transactions any more: whatever comes later begins with a look back. */
export async function forgetRows(tx: Tx, installedAppId: string): Promise<void> {
  await tx.deleteFrom("seen_rows").where("installed_app_id", "=", installedAppId).execute();
  await tx.deleteFrom("open_chains").where("installed_app_id", "=", installedAppId).execute();
  await tx
    .updateTable("watches")
    .set({ rows_until: null })
    .where("installed_app_id", "=", installedAppId)
    .execute();
}
