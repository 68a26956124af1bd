import type { ExpressionBuilder } from "kysely";

import { DomainError } from "#app/platform/errors.ts";
import type { Database } from "#db/database.server.ts";
import type { Schema } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { liveLaunches } from "./portal-session.server.ts";
import { hashSecret, mintSecret } from "./secrets.server.ts";

const LIFETIME_MS = 2 * 60_000;

/**
 * A single-use code that opens one more session of the launch within two minutes. Only an entry or a good session may
 * ask for one.
 */
export async function mintHandOverCode(tx: Tx, launchId: string, now: number): Promise<string> {
  const code = mintSecret(32);
  await tx
    .insertInto("hand_over_codes")
    .values({
      code_hash: hashSecret(code),
      launch_id: launchId,
      expires_at: now + LIFETIME_MS,
      used_at: null,
    })
    .execute();
  return code;
}

/** Each entry makes a code as well, so a tab that is opened makes two. */
const MOST_IN_A_LIFETIME = 20;

/**
 * A code for a tab that a session asks for.
 *
 * @throws DomainError `too_many_requests` when the launch had 20 codes in the last two minutes
 */
export async function mintTabCode(tx: Tx, launchId: string, now: number): Promise<string> {
  const recent = await tx
    .selectFrom("hand_over_codes")
    .select("code_hash")
    .where("launch_id", "=", launchId)
    .where("expires_at", ">", now)
    .limit(MOST_IN_A_LIFETIME)
    .execute();
  if (recent.length === MOST_IN_A_LIFETIME)
    throw new DomainError(
      "too_many_requests",
      "Too many tabs were opened. Wait two minutes, then try again.",
    );
  return await mintHandOverCode(tx, launchId, now);
}

/** Whether the code still opens a session of this launch; asking does not use it. */
export async function isHandOverCodeLive(
  db: Database,
  launchId: string,
  code: string,
  now: number,
): Promise<boolean> {
  const found = await liveLaunches(db, now)
    .innerJoin("hand_over_codes", "hand_over_codes.launch_id", "launches.launch_id")
    .select("launches.launch_id")
    .where("launches.launch_id", "=", launchId)
    .where("hand_over_codes.code_hash", "=", hashSecret(code))
    .where(isLiveHandOverCode(now))
    .executeTakeFirst();
  return found !== undefined;
}

/** Idempotent; a code of another launch is left alone. */
export async function burnHandOverCode(tx: Tx, launchId: string, code: string, now: number): Promise<void> {
  await tx
    .updateTable("hand_over_codes")
    .set({ used_at: now })
    .where("launch_id", "=", launchId)
    .where("code_hash", "=", hashSecret(code))
    .where("used_at", "is", null)
    .execute();
}

export function isLiveHandOverCode(now: number) {
  return (eb: ExpressionBuilder<Schema, "hand_over_codes">) =>
    eb.and([eb("hand_over_codes.expires_at", ">", now), eb("hand_over_codes.used_at", "is", null)]);
}
