import { prepareQuery } from "#db/prepared-query.server.ts";
import type { LaunchRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { hashSecret, mintSecret } from "./secrets.server.ts";

const MAX_LIVE_LAUNCHES = 50;
export const MAX_REDEMPTIONS = 20;

export type LaunchOrigin = { user_id: string | null; source_address: string; secret_index: number };

/**
 * Stores a launch of an install and answers its one-time-visible token. The launch's expiry is that of every session
 * it will open; nothing slides.
 */
export async function createLaunch(
  tx: Tx,
  install: { installed_app_id: string; generation: number },
  origin: LaunchOrigin,
  { now, lifetime }: { now: number; lifetime: number },
): Promise<{ launchId: string; token: string }> {
  const launchId = mintSecret(16);
  const token = mintSecret(32);
  await insertLaunch(tx, {
    ...install,
    ...origin,
    launch_id: launchId,
    token_hash: hashSecret(token),
    created_at: now,
    expires_at: now + lifetime,
  });
  await endSurplusLaunches(tx, install.installed_app_id, launchId, now);
  return { launchId, token };
}

const insertLaunch = prepareQuery((db, launch: Omit<LaunchRow, "ended_at" | "redemptions">) =>
  db.insertInto("launches").values({
    launch_id: launch.launch_id,
    installed_app_id: launch.installed_app_id,
    generation: launch.generation,
    token_hash: launch.token_hash,
    user_id: launch.user_id,
    created_at: launch.created_at,
    expires_at: launch.expires_at,
    ended_at: null,
    redemptions: 0,
    source_address: launch.source_address,
    secret_index: launch.secret_index,
  }),
);

/** Ends every live launch of an install, and with it its sessions and codes. Idempotent. */
export async function endLaunches(tx: Tx, installedAppId: string, now: number): Promise<void> {
  await tx
    .updateTable("launches")
    .set({ ended_at: now })
    .where("installed_app_id", "=", installedAppId)
    .where("expires_at", ">", now)
    .where("ended_at", "is", null)
    .execute();
}

/** The kill switch: every live launch of every install. Idempotent. */
export async function endEveryLaunch(tx: Tx, now: number): Promise<void> {
  await tx
    .updateTable("launches")
    .set({ ended_at: now })
    .where("expires_at", ">", now)
    .where("ended_at", "is", null)
    .execute();
}

export async function endLaunch(tx: Tx, launchId: string, now: number): Promise<void> {
  await updateEnded(tx, { launchId, now });
}

const updateEnded = prepareQuery((db, { launchId, now }: { launchId: string; now: number }) =>
  db
    .updateTable("launches")
    .set({ ended_at: now })
    .where("launch_id", "=", launchId)
    .where("ended_at", "is", null),
);

/** Beyond the limit the oldest that nobody opened go first, then the oldest; never the one that was just made. */
async function endSurplusLaunches(
  tx: Tx,
  installedAppId: string,
  newest: string,
  now: number,
): Promise<void> {
  const surplus = await selectSurplus(tx, { installedAppId, newest, now });
  for (const { launch_id } of surplus) await endLaunch(tx, launch_id, now);
}

const selectSurplus = prepareQuery(
  (db, { installedAppId, newest, now }: { installedAppId: string; newest: string; now: number }) =>
    db
      .selectFrom("launches")
      .select("launch_id")
      .where("installed_app_id", "=", installedAppId)
      .where("launch_id", "!=", newest)
      .where("expires_at", ">", now)
      .where("ended_at", "is", null)
      .orderBy((order) => order.case().when("redemptions", ">", 0).then(1).else(0).end(), "desc")
      .orderBy("created_at", "desc")
      .limit(MAX_LIVE_LAUNCHES)
      .offset(MAX_LIVE_LAUNCHES - 1),
);
