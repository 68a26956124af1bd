import { setTimeout as sleep } from "node:timers/promises";

import { DomainError } from "#app/platform/errors.ts";
import type { BesideDatabase } from "#db/open-beside-server.server.ts";

import { countBoxes, resealBoxes } from "./sealed-boxes.server.ts";
import type { Sealer } from "./sealer.server.ts";
import { listServerKeys } from "./server-keys.server.ts";

// Some milliseconds of writing, then the server's turn.
const BATCH = 100;
const PAUSE_MS = 5;

export type Rotation = {
  resealed: number;
  /** How many boxes each key id has now. */
  boxes: Map<string, number>;
  /** False: a box of before may still stand in the write-ahead log, until the server's next truncation or start. */
  walTruncated: boolean;
};

/**
 * Seals every stored secret anew with the newest key, beside a running server or without one. Safe to interrupt and to
 * repeat: each batch is a unit of work.
 *
 * @throws DomainError `server_lacks_key` when the running server could not open what would be sealed
 */
export async function rotateKeys(
  db: BesideDatabase,
  sealer: Sealer,
  newest: string,
  onProgress: (resealed: number) => void = () => {},
): Promise<Rotation> {
  let resealed = 0;
  for (;;) {
    const batch = await db.write(async (tx) => {
      // Asked in each unit: the server may have been started anew, with other keys.
      if (db.serverRuns && !(await listServerKeys(tx)).includes(newest))
        throw new DomainError(
          "server_lacks_key",
          `The running server does not hold the key "${newest}". Start it with the same ENCRYPTION_KEYS first.`,
        );
      return await resealBoxes(tx, sealer, newest, BATCH);
    });
    if (batch === 0) break;
    onProgress((resealed += batch));
    await sleep(PAUSE_MS);
  }
  return { resealed, boxes: await countBoxes(db), walTruncated: db.truncateWal() };
}
