import { recordActivity } from "#app/platform/activity/activity.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import { markSuperseded } from "#app/platform/events/received-events.server.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { voidGeneration } from "./end-install.server.ts";
import { destroyKeys, type HeldKey, listHeldKeys, markProven, storeKey } from "./install-keys.server.ts";
import { activateInstall, type Install } from "./installs.server.ts";
import type { LifecycleHooks } from "./lifecycle-hooks.ts";
import { moveFromLastInstall } from "./reinstall.server.ts";
import type { WalTruncation } from "./wal-truncation.server.ts";

type App = {
  db: Database;
  clock: Clock;
  walTruncation: WalTruncation;
  hooks: readonly LifecycleHooks[];
};

/** What Cloud showed of a key that it does not refuse; see `tryKey`. */
export type Standing = "proven" | "accepted";

// Each outcome is one unit of work that counts only under the generation it was found for.

/** The current key is the install's: all others are destroyed, and what was waiting for it goes on. */
export async function keepKey(
  app: App,
  install: Install,
  current: HeldKey,
  standing: Standing,
): Promise<undefined> {
  const destroyed = await app.db.write(async (tx) => {
    const now = app.clock.now();
    if (!(await setKeyState(tx, install, "working", now))) return false;
    const { installed_app_id, generation } = install;
    const destroyed = await destroyKeys(tx, installed_app_id, [generation]);
    if (standing === "proven") await markProven(tx, install, now);
    if (standing === "proven" && (current.proven_at === null || install.key_state !== "working"))
      await moveFromLastInstall(tx, install, app.hooks);
    for (const { onKeyVerified } of app.hooks) await onKeyVerified?.(tx, install, now);
    return destroyed;
  });
  if (destroyed) app.walTruncation.request();
}

export async function rejectKey({ db, clock }: App, install: Install): Promise<void> {
  await db.write((tx) => setKeyState(tx, install, "rejected", clock.now()));
}

/**
 * A held key is better than the current one, and current again under a new generation. The others stay held, but for
 * those that are dead, until `nextProof`: Cloud may yet revoke what it replaced.
 */
export async function restoreKey(
  app: App,
  install: Install,
  { key, standing }: { key: HeldKey; standing: Standing },
  { dead, nextProof }: { dead: readonly HeldKey[]; nextProof: number },
): Promise<undefined> {
  const { installed_app_id } = install;
  await app.db.write(async (tx) => {
    const now = app.clock.now();
    if (!(await setKeyState(tx, install, "working", now))) return;
    const generation = install.generation + 1;
    const held = await listHeldKeys(tx, installed_app_id);
    await markSuperseded(
      tx,
      held.filter((other) => other.generation > key.generation).map(({ event_id }) => event_id),
      key.event_id,
    );
    await voidGeneration(tx, installed_app_id, now);
    await activateInstall(
      tx,
      { ...install, permissions: key.granted_permissions },
      { now, generation, keyState: "working" },
    );
    // A rotation may have sealed it anew since it was read.
    const box = held.find((one) => one.generation === key.generation)?.box ?? key.box;
    await storeKey(tx, { ...key, box, generation });
    if (standing === "proven") await markProven(tx, { installed_app_id, generation }, now);
    const gone = new Set(dead.map((other) => other.generation));
    const kept = held.map((other) => other.generation).filter((other) => !gone.has(other));
    await destroyKeys(tx, installed_app_id, [generation, ...kept]);
    if (kept.some((other) => other !== key.generation))
      await enqueueJob(tx, { kind: "prove_key", installed_app_id, generation, due_at: nextProof }, now);
    await recordActivity(
      tx,
      { installed_app_id, action: "key.restored", result: "a newer key was not proven" },
      now,
    );
    if (standing === "proven") await moveFromLastInstall(tx, install, app.hooks);
    for (const { onKeyVerified } of app.hooks)
      await onKeyVerified?.(tx, { installed_app_id, generation }, now);
  });
  app.walTruncation.request();
}

async function setKeyState(
  tx: Tx,
  install: Install,
  state: Install["key_state"],
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("installs")
    .set({ key_state: state, key_state_at: now })
    .where("installed_app_id", "=", install.installed_app_id)
    .where("generation", "=", install.generation)
    .where("state", "=", "active")
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
