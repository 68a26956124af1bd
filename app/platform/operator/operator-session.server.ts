import { createHash } from "node:crypto";

import { app } from "#app/app.ts";
import { hashSecret, mintSecret } from "#app/platform/sessions/secrets.server.ts";
import type { Database } from "#db/database.server.ts";
import { StorageError } from "#db/storage-error.ts";
import type { Tx } from "#db/write-queue.server.ts";

const MINUTE_MS = 60_000;
const IDLE_MS = 30 * MINUTE_MS;
const LONGEST_MS = 8 * 60 * MINUTE_MS;
const COOKIE = `__Host-${app.slug}_ops`;
// Strict: no other site's link or form ever carries it.
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict";

/** Tells sessions of one password from those of another, without being of any use to guess it. */
export function passwordMark(hash: string): string {
  return createHash("sha256").update(hash, "utf8").digest("hex");
}

/** Opens a session and answers the cookie to set. */
export async function startOperatorSession(
  tx: Tx,
  { mark, address }: { mark: string; address: string },
  now: number,
): Promise<string> {
  const token = mintSecret(32);
  await tx
    .insertInto("operator_sessions")
    .values({
      token_hash: hashSecret(token),
      password_mark: mark,
      created_at: now,
      seen_at: now,
      source_address: address,
    })
    .execute();
  return `${COOKIE}=${token}; ${ATTRIBUTES}`;
}

/** The good session of a request, if any: seen in the last 30 minutes, at most 8 hours old, of the present password. */
export async function findOperatorSession(
  db: Database,
  request: Request,
  mark: string,
  now: number,
): Promise<{ tokenHash: string } | undefined> {
  const token = readCookie(request);
  if (!token) return undefined;
  const tokenHash = hashSecret(token);
  const session = await db.read
    .selectFrom("operator_sessions")
    .select("seen_at")
    .where("token_hash", "=", tokenHash)
    .where("password_mark", "=", mark)
    .where("created_at", ">", now - LONGEST_MS)
    .where("seen_at", ">", now - IDLE_MS)
    .executeTakeFirst();
  if (!session) return undefined;
  if (session.seen_at < now - MINUTE_MS) await recordSeen(db, tokenHash, now);
  return { tokenHash };
}

/** Idempotent; answers the cookie that takes the browser's away. */
export async function endOperatorSession(tx: Tx, tokenHash: string): Promise<string> {
  await tx.deleteFrom("operator_sessions").where("token_hash", "=", tokenHash).execute();
  return `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}`;
}

async function recordSeen(db: Database, tokenHash: string, now: number): Promise<void> {
  try {
    await db.write((tx) =>
      tx.updateTable("operator_sessions").set({ seen_at: now }).where("token_hash", "=", tokenHash).execute(),
    );
  } catch (error) {
    // When the disk is full the operator must still get to see it.
    if (!(error instanceof StorageError)) throw error;
  }
}

function readCookie(request: Request): string | undefined {
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const [name, value] = pair.trim().split(/=(.*)/s);
    if (name === COOKIE && value) return value;
  }
  return undefined;
}
