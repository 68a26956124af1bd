import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { isLiveHandOverCode, mintHandOverCode } from "./hand-over-codes.server.ts";
import { MAX_REDEMPTIONS } from "./launches.server.ts";
import {
  type CookieSite,
  expirePortalCookie,
  MAX_LIVE_COOKIES,
  readPortalCookies,
  setPortalCookie,
} from "./portal-cookies.server.ts";
import { findPortalSession, liveLaunches } from "./portal-session.server.ts";
import { hashSecret, mintSecret } from "./secrets.server.ts";

/** What opens a session: the token of a launch URL, or a single-use code that hands a session over to a new tab. */
export type EntryPass = { token: string } | { code: string };

export type Entry = { location: string; cookies: string[] };

/**
 * Opens a session of the launch that the pass belongs to and answers where to go and which cookies to set, or undefined
 * when the pass opens nothing (any more). A browser that already holds a good session of the launch keeps it: the
 * dashboard reloads the frame as it likes.
 */
export async function enterPortal(
  db: Database,
  request: Request,
  pass: EntryPass,
  { now, site, sourceAddress }: { now: number; site: CookieSite; sourceAddress: string },
): Promise<Entry | undefined> {
  const launchId = await findLaunchId(db, pass, now);
  if (!launchId) return undefined;
  if ("token" in pass && (await findPortalSession(db, request, launchId, now))) {
    return { location: `/portal/${launchId}`, cookies: [] };
  }
  const cookie = mintSecret(32);
  const check = await db.write(async (tx) => {
    if (!(await usePass(tx, pass, now))) return undefined;
    await tx
      .insertInto("sessions")
      .values({
        token_hash: hashSecret(cookie),
        launch_id: launchId,
        created_at: now,
        source_address: sourceAddress,
      })
      .execute();
    return await mintHandOverCode(tx, launchId, now);
  });
  if (!check) return undefined;
  return {
    location: `/portal/${launchId}?check=${check}`,
    cookies: [
      ...(await expireOtherCookies(db, request, { now, site })),
      setPortalCookie(launchId, cookie, site),
    ],
  };
}

async function findLaunchId(db: Database, pass: EntryPass, now: number): Promise<string | undefined> {
  const launches = liveLaunches(db, now).select("launches.launch_id");
  const found =
    "token" in pass
      ? launches.where("launches.token_hash", "=", hashSecret(pass.token))
      : launches
          .innerJoin("hand_over_codes", "hand_over_codes.launch_id", "launches.launch_id")
          .where("hand_over_codes.code_hash", "=", hashSecret(pass.code))
          .where(isLiveHandOverCode(now));
  return (await found.executeTakeFirst())?.launch_id;
}

/** Counts the pass as used; false when it has been used up, or its launch has ended since it was looked up. */
async function usePass(tx: Tx, pass: EntryPass, now: number): Promise<boolean> {
  const liveLaunch = tx
    .selectFrom("launches")
    .select("launch_id")
    .where("expires_at", ">", now)
    .where("ended_at", "is", null);
  const used =
    "token" in pass
      ? await tx
          .updateTable("launches")
          .set((eb) => ({ redemptions: eb("redemptions", "+", 1) }))
          .where("token_hash", "=", hashSecret(pass.token))
          .where("redemptions", "<", MAX_REDEMPTIONS)
          .where("launch_id", "in", liveLaunch)
          .executeTakeFirst()
      : await tx
          .updateTable("hand_over_codes")
          .set({ used_at: now })
          .where("code_hash", "=", hashSecret(pass.code))
          .where(isLiveHandOverCode(now))
          .where("launch_id", "in", liveLaunch)
          .executeTakeFirst();
  return used.numUpdatedRows === 1n;
}

/** Cookies of dead launches go, and live ones beyond the limit: a hundred of them make a header that servers refuse. */
async function expireOtherCookies(
  db: Database,
  request: Request,
  { now, site }: { now: number; site: CookieSite },
): Promise<string[]> {
  const held = [...readPortalCookies(request).keys()];
  if (held.length === 0) return [];
  const live = await liveLaunches(db, now)
    .select("launches.launch_id")
    .where("launches.launch_id", "in", held)
    .orderBy("launches.created_at", "desc")
    .limit(MAX_LIVE_COOKIES - 1)
    .execute();
  const kept = new Set(live.map(({ launch_id }) => launch_id));
  return held.filter((launchId) => !kept.has(launchId)).map((launchId) => expirePortalCookie(launchId, site));
}
