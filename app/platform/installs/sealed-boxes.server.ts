import { type RawBuilder, sql } from "kysely";

import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { keyIdOf, type Sealer, type SealOwner, type SealPurpose } from "./sealer.server.ts";

type Column = { table: "install_keys" | "webhooks"; column: string; purpose: SealPurpose };

/** Every column that holds boxes, and what they were sealed for. */
const COLUMNS: Column[] = [
  { table: "install_keys", column: "box", purpose: "api_key" },
  { table: "webhooks", column: "url_box", purpose: "webhook_url" },
  { table: "webhooks", column: "secret_box", purpose: "webhook_secret" },
];

type SealedBox = { owner: SealOwner; box: string };

/**
 * Opens one stored box of every key id in every column, so that a missing or wrong ENCRYPTION_KEYS stops the boot by its
 * name instead of failing later, call by call.
 *
 * @throws SealError naming the key id.
 */
export async function checkSealedKeys({ read }: Pick<Database, "read">, sealer: Sealer): Promise<void> {
  for (const column of COLUMNS) {
    let last = "";
    for (;;) {
      // Boxes start with their key's id, so that the first one past `v1.<id>.` is the next id's.
      const [next] = await listBoxes(read, column, (box) => sql`${box} > ${last} order by ${box} limit 1`);
      if (!next) break;
      sealer.open(column.purpose, next.owner, next.box);
      last = `v1.${keyIdOf(next.box)}/`;
    }
  }
}

/** How many boxes each key id has sealed. */
export async function countBoxes({ read }: Pick<Database, "read">): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { table, column } of COLUMNS) {
    const { rows } = await sql<{ key_id: string; boxes: number }>`
      select substr(rest, 1, instr(rest, '.') - 1) as key_id, count(*) as boxes
      from (select substr(${sql.ref(column)}, 4) as rest from ${sql.table(table)} where ${sql.ref(column)} is not null)
      group by key_id`.execute(read);
    for (const { key_id, boxes } of rows) counts.set(key_id, (counts.get(key_id) ?? 0) + boxes);
  }
  return counts;
}

/**
 * Seals up to `limit` boxes anew that are not sealed with the key `newest`, the sealer's first.
 *
 * @returns how many; 0 when none is left
 * @throws SealError when one does not open
 */
export async function resealBoxes(tx: Tx, sealer: Sealer, newest: string, limit: number): Promise<number> {
  const own = `v1.${newest}.`;
  let done = 0;
  for (const column of COLUMNS) {
    const { table, column: name, purpose } = column;
    const others = await listBoxes(
      tx,
      column,
      (box) => sql`substr(${box}, 1, ${own.length}) <> ${own} limit ${limit - done}`,
    );
    for (const { owner, box } of others) {
      const sealed = sealer.seal(purpose, owner, sealer.open(purpose, owner, box));
      await sql`update ${sql.table(table)} set ${sql.ref(name)} = ${sealed}
        where installed_app_id = ${owner.installed_app_id} and ${sql.ref(name)} = ${box}`.execute(tx);
      done += 1;
    }
  }
  return done;
}

async function listBoxes(
  handle: Tx | Database["read"],
  { table, column }: Column,
  which: (box: RawBuilder<unknown>) => RawBuilder<unknown>,
): Promise<SealedBox[]> {
  const box = sql`${sql.ref(`sealed.${column}`)}`;
  const { rows } = await sql<SealOwner & { box: string }>`
    select installs.installed_app_id, app_id, instance_id, ${box} as box
    from ${sql.table(table)} as sealed join installs using (installed_app_id)
    where ${box} is not null and ${which(box)}`.execute(handle);
  return rows.map(({ box, ...owner }) => ({ owner, box }));
}
