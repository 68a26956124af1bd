import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

import { sql } from "kysely";

import { listBackups } from "#app/platform/backups/back-up.server.ts";
import type { Env } from "#app/platform/http/env.server.ts";
import { checkSealedKeys, countBoxes } from "#app/platform/installs/sealed-boxes.server.ts";
import { createSealer, SealError } from "#app/platform/installs/sealer.server.ts";
import { listServerKeys } from "#app/platform/installs/server-keys.server.ts";
import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { type Database, databaseFile } from "#db/database.server.ts";

import { type Finding, onPromise } from "./finding.ts";

const HOUR_MS = 60 * 60_000;

type Host = {
  db: Pick<Database, "read">;
  env: Pick<
    Env,
    | "DATABASE_URL"
    | "ENCRYPTION_KEYS"
    | "BLNK_APP_ID"
    | "PORTAL_SESSION_MINUTES"
    | "BACKUP_INTERVAL_HOURS"
    | "BUCKET_NAME"
  >;
};

/** What only the machine itself can tell: its database, its keys, its backups, its disk. Changes nothing. */
export async function inspectHost(host: Host, now: number): Promise<Finding[]> {
  return [
    await judgeBoxes(host),
    await judgeLedger(host),
    await judgeUninstalls(host, now),
    await judgeScopes(host),
    onPromise(12, "pass", `A launch's sessions end after ${host.env.PORTAL_SESSION_MINUTES} minutes.`),
    await judgeAppId(host),
    await judgeDurability(host),
    await judgeKeys(host),
    await judgeBackups(host, now),
    await judgeDisk(host),
  ];
}

async function judgeBoxes({ db, env }: Host): Promise<Finding> {
  const boxes = [...(await countBoxes(db)).values()].reduce((sum, count) => sum + count, 0);
  try {
    await checkSealedKeys(db, createSealer(env.ENCRYPTION_KEYS));
    return onPromise(
      1,
      "pass",
      `${boxes} stored secrets, each an AES-256-GCM box; one of each key id was opened.`,
    );
  } catch (error) {
    if (error instanceof SealError) return onPromise(1, "fail", error.message);
    throw error;
  }
}

async function judgeLedger({ db }: Host): Promise<Finding> {
  const { rows } =
    await sql`select name from pragma_index_list('received_events') where "unique" = 1`.execute(db.read);
  return rows.length > 0
    ? onPromise(
        4,
        "pass",
        "The ledger holds one row for each idempotency key and payload, by a unique index.",
      )
    : onPromise(4, "fail", "The ledger has lost its unique index. Restore a backup.");
}

async function judgeUninstalls({ db }: Host, now: number): Promise<Finding> {
  const { rows } = await sql<{ left_over: number }>`
    with gone as (select installed_app_id from installs where state = 'inactive')
    select (select count(*) from install_keys where box is not null and installed_app_id in gone)
      + (select count(*) from webhooks where installed_app_id in gone)
      + (select count(*) from launches where ended_at is null and expires_at > ${now} and installed_app_id in gone)
      + (select count(*) from jobs where open_key is not null and installed_app_id in gone) as left_over`.execute(
    db.read,
  );
  const { left_over } = rows[0]!;
  return left_over === 0
    ? onPromise(5, "pass", "Uninstalled installs have no key, no session and no job.")
    : onPromise(5, "fail", `${left_over} keys, sessions or jobs of uninstalled installs are still there.`);
}

async function judgeScopes({ db }: Host): Promise<Finding> {
  const installs = await db.read
    .selectFrom("installs")
    .select("granted_permissions")
    .where("state", "=", "active")
    .execute();
  const unknown = new Set(
    installs
      .flatMap(({ granted_permissions }) => JSON.parse(granted_permissions) as string[])
      .filter((scope) => !(SCOPES as readonly string[]).includes(scope)),
  );
  return unknown.size === 0
    ? onPromise(
        6,
        "pass",
        `None of ${installs.length} active installs was granted more than this app can use.`,
      )
    : onPromise(
        6,
        "warn",
        `Installs were granted what this app never uses: ${[...unknown].sort().join(", ")}.`,
      );
}

async function judgeAppId({ db, env }: Host): Promise<Finding> {
  const title = "App id pinned";
  if (env.BLNK_APP_ID !== undefined)
    return { title, result: "pass", why: "Events of other apps are refused." };
  const install = await db.read.selectFrom("installs").select("app_id").executeTakeFirst();
  return install
    ? { title, result: "fail", why: `There are installs; set BLNK_APP_ID to the app id that Cloud shows.` }
    : { title, result: "warn", why: "Set BLNK_APP_ID once the app is registered." };
}

async function judgeDurability({ db }: Host): Promise<Finding> {
  const { rows } = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(db.read);
  const mode = rows[0]?.journal_mode;
  return mode === "wal"
    ? { title: "Durability", result: "pass", why: "WAL; the server starts only with synchronous=FULL." }
    : {
        title: "Durability",
        result: "fail",
        why: `The journal mode is ${mode}: no server of this version has opened it.`,
      };
}

async function judgeKeys({ db, env }: Host): Promise<Finding> {
  const title = "Encryption keys in use";
  const newest = env.ENCRYPTION_KEYS[0]!.id;
  const boxes = await countBoxes(db);
  const held = await listServerKeys(db.read);
  const uses = [...boxes].map(([id, count]) => `${id} (${count})`).join(", ") || "none yet";
  if (held.length > 0 && held[0] !== newest)
    return {
      title,
      result: "warn",
      why: `The server seals with ${held[0]}, not with ${newest}: start it anew. In use: ${uses}.`,
    };
  return [...boxes.keys()].every((id) => id === newest)
    ? { title, result: "pass", why: uses }
    : { title, result: "warn", why: `${uses}. \`npm run rotate-keys\` moves all to ${newest}.` };
}

async function judgeBackups({ db, env }: Host, now: number): Promise<Finding> {
  const title = "Backups";
  const [newest] = (await listBackups(db)).filter(({ uploaded_at }) => uploaded_at !== null);
  if (!newest) {
    const why =
      env.BUCKET_NAME === undefined
        ? "No backup is kept off this machine: set BUCKET_NAME and the AWS_ variables."
        : "No backup has reached the bucket yet.";
    return { title, result: "fail", why };
  }
  const hours = Math.round((now - newest.taken_at) / HOUR_MS);
  const late = hours > 2 * Math.max(env.BACKUP_INTERVAL_HOURS, 1);
  return {
    title,
    result: late ? "fail" : "pass",
    why: `The newest in the bucket is ${hours} h old. ENCRYPTION_KEYS are not in it: keep them elsewhere, too.`,
  };
}

async function judgeDisk({ env }: Host): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(dirname(databaseFile(env.DATABASE_URL)));
  const free = bavail / blocks;
  const megabytes = Math.round((bavail * bsize) / 2 ** 20);
  return {
    title: "Disk",
    result: free < 0.05 ? "fail" : free < 0.2 ? "warn" : "pass",
    why: `${megabytes} MB free (${Math.round(free * 100)} %).`,
  };
}
