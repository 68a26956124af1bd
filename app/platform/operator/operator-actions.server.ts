import type { Clock } from "#app/platform/clock.ts";
import type { Database } from "#db/database.server.ts";
import type { OperatorActionRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { type PageQuery, readPage } from "./read-page.server.ts";

/** Who is at it: the operator has no name, only an address. */
export type Operator = { tokenHash: string; address: string };

export type OperatorEntry = Omit<OperatorActionRow, "id" | "at">;

export async function recordOperatorAction(tx: Tx, entry: OperatorEntry, now: number): Promise<void> {
  await tx
    .insertInto("operator_actions")
    .values({ ...entry, at: now })
    .execute();
}

/** A change by the operator and its line in the audit, in one unit of work; `change` answers what came of it. */
export async function operate(
  { db, clock }: { db: Database; clock: Clock },
  { address }: Operator,
  { action, target }: { action: string; target: string | null },
  change: (tx: Tx, now: number) => Promise<string>,
): Promise<void> {
  await db.write(async (tx) => {
    const now = clock.now();
    const result = await change(tx, now);
    await recordOperatorAction(tx, { action, target, result, source_address: address }, now);
  });
}

/** Newest first. */
export async function listOperatorActions({ read }: Database, query: PageQuery) {
  return await readPage(query, ({ before, limit }) =>
    read
      .selectFrom("operator_actions")
      .selectAll()
      .$if(before !== undefined, (rows) => rows.where("id", "<", before!))
      .orderBy("id", "desc")
      .limit(limit)
      .execute(),
  );
}
