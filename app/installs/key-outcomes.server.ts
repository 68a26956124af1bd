import { recordActivity } from "#app/activity/activity.server.ts";
import type { Clock } from "#app/clock.ts";
import { markSuperseded } from "#app/events/received-events.server.ts";
import { cancelJobs } from "#app/jobs/jobs.server.ts";
import { endLaunches } from "#app/sessions/launches.server.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { type AfterProof, inherit, type Inheritance } from "./inherit.server.ts";
import { destroyKeys, type HeldKey, listHeldKeys, storeKey } from "./install-keys.server.ts";
import { activateInstall, type Install } from "./installs.server.ts";
import type { WalTruncation } from "./wal-truncation.server.ts";

type App = {
  db: Database;
  clock: Clock;
  walTruncation: WalTruncation;
  inheritance: Inheritance;
  afterProof: AfterProof;
};

// Each outcome is one unit of work that counts only under the generation it was found for.

/** The key works: others are destroyed, and the install takes over what the last one of its instance left. */
export async function keepProvenKey(app: App, install: Install): Promise<undefined> {
  const destroyed = await app.db.write(async (tx) => {
    const now = app.clock.now();
    if (!(await setKeyState(tx, install, "working", now))) return false;
    const destroyed = await destroyKeys(tx, install.installed_app_id, { generation: install.generation });
    if (install.key_state !== "working") await inherit(tx, install, app.inheritance);
    for (const goOn of app.afterProof) await goOn(tx, install, now);
    return destroyed;
  });
  if (destroyed) app.walTruncation.request();
}

export async function rejectKey({ db, clock }: App, install: Install): Promise<void> {
  await db.write((tx) => setKeyState(tx, install, "rejected", clock.now()));
}

/** An older key still works and the current one does not: the older is current again, under a new generation. */
export async function restoreKey(app: App, install: Install, key: HeldKey): Promise<undefined> {
  const { installed_app_id } = install;
  await app.db.write(async (tx) => {
    const now = app.clock.now();
    if (!(await setKeyState(tx, install, "working", now))) return;
    const generation = install.generation + 1;
    const replaced = await tx
      .selectFrom("install_keys")
      .select("event_id")
      .where("installed_app_id", "=", installed_app_id)
      .where("generation", ">", key.generation)
      .execute();
    await markSuperseded(
      tx,
      replaced.map(({ event_id }) => event_id).filter((id) => id !== key.event_id),
    );
    await endLaunches(tx, installed_app_id, now);
    await cancelJobs(tx, installed_app_id, now);
    await activateInstall(
      tx,
      { ...install, permissions: key.granted_permissions },
      { now, generation, keyState: "working" },
    );
    // A rotation may have sealed it anew since it was read.
    const held = (await listHeldKeys(tx, installed_app_id)).find((one) => one.generation === key.generation);
    await storeKey(tx, { ...key, box: held?.box ?? key.box, generation });
    await destroyKeys(tx, installed_app_id, { generation });
    await recordActivity(
      tx,
      { installed_app_id, action: "key.restored", result: "a newer key was refused" },
      now,
    );
    await inherit(tx, install, app.inheritance);
    for (const goOn of app.afterProof) await goOn(tx, { installed_app_id, generation }, now);
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
