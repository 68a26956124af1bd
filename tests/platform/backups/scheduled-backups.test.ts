import { once } from "node:events";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import S3rver from "s3rver";
import { expect, onTestFinished, test } from "vitest";

import { type Backups, createBackups } from "#app/platform/backups/back-up.server.ts";
import { checkChecksum } from "#app/platform/backups/backup-file.server.ts";
import { openBucket } from "#app/platform/backups/bucket.server.ts";
import type { Job } from "#app/platform/jobs/jobs.server.ts";
import { openDatabase } from "#db/database.server.ts";
import { verifySnapshot } from "#db/snapshot.server.ts";
import { listen } from "#tests/support/listen.ts";
import { NOON } from "#tests/support/open-world.ts";
import { runScript } from "#tests/support/run-script.ts";
import { temporaryDirectory, testEnvironment } from "#tests/support/test-environment.ts";
import { jobContext } from "#tests/support/job-context.ts";

const DAY_MS = 24 * 60 * 60_000;

/** s3rver knows one account. */
const ACCOUNT = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" };

async function startS3() {
  const directory = temporaryDirectory();
  const s3 = new S3rver({ directory, silent: true, configureBuckets: [{ name: "copies" }] });
  await s3.configureBuckets();
  const server = createServer(s3.callback());
  const url = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { AWS_ENDPOINT_URL_S3: url, AWS_REGION: "eu-central-1", BUCKET_NAME: "copies", ...ACCOUNT };
}

async function openBackups(settings: Partial<Backups> = {}) {
  const directory = temporaryDirectory();
  const file = join(directory, "tidemark.db");
  let now = NOON;
  const db = await openDatabase(`file:${file}`, { now });
  onTestFinished(() => db.close());
  const errors: unknown[] = [];
  const backUp = createBackups({
    db,
    clock: { now: () => now },
    log: { info: () => {}, error: (...line: unknown[]) => void errors.push(line) },
    databaseFile: file,
    intervalMs: DAY_MS,
    kept: 3,
    bucket: undefined,
    ...settings,
  });
  const folder = join(directory, "backups");
  return {
    file,
    folder,
    errors,
    advance: (ms: number) => void (now += ms),
    now: () => now,
    run: (signal?: AbortSignal) => backUp({} as Job, jobContext(signal)),
    names: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".db"))
        .sort(),
    rows: () => db.read.selectFrom("backups").selectAll().orderBy("name").execute(),
  };
}

test("each interval has its verified snapshot with a checksum, and the oldest go", async () => {
  const backups = await openBackups();
  for (let day = 0; day < 5; day += 1) {
    expect(await backups.run()).toEqual({ due_at: backups.now() + DAY_MS, payload: {} });
    backups.advance(DAY_MS);
  }
  expect(backups.names()).toEqual([
    "tidemark-20261126T120000Z.db",
    "tidemark-20261127T120000Z.db",
    "tidemark-20261128T120000Z.db",
  ]);
  expect((await backups.rows()).map(({ name }) => name)).toEqual(backups.names());
  expect(readdirSync(backups.folder)).toHaveLength(6);
  for (const name of backups.names()) {
    await verifySnapshot(join(backups.folder, name));
    expect(await checkChecksum(join(backups.folder, name))).toBe(true);
  }
});

test("a restart within the interval takes no second snapshot", async () => {
  const backups = await openBackups();
  await backups.run();
  backups.advance(DAY_MS / 2);
  expect(await backups.run()).toEqual({ due_at: NOON + DAY_MS, payload: {} });
  expect(backups.names()).toHaveLength(1);
});

test("copies go to an S3 bucket and are kept there as long, and a restore fetches the latest from it", async () => {
  const env = await startS3();
  const backups = await openBackups({ bucket: openBucket(env), kept: 2 });
  for (let day = 0; day < 3; day += 1) {
    await backups.run();
    backups.advance(DAY_MS);
  }
  expect(backups.errors).toEqual([]);
  expect(await openBucket(env)!.list()).toEqual(backups.names().flatMap((name) => [name, `${name}.sha256`]));
  expect((await backups.rows()).every(({ uploaded_at }) => uploaded_at !== null)).toBe(true);

  const directory = temporaryDirectory();
  const restore = await runScript("restore", ["--from", "bucket:latest"], {
    cwd: directory,
    env: { ...testEnvironment(directory), ...env },
  });
  expect(restore).toMatchObject({ code: 0 });
  expect(restore.out).toContain("checksum: matches");
  expect(existsSync(join(directory, "tidemark.db"))).toBe(true);
  expect(`${restore.out}${restore.err}`).not.toContain(env.AWS_SECRET_ACCESS_KEY.repeat(2));
});

test("a bucket that refuses is tried again with the same snapshot, and named in the log", async () => {
  const env = await startS3();
  const backups = await openBackups({ bucket: openBucket({ ...env, BUCKET_NAME: "elsewhere" }) });
  expect(await backups.run()).toEqual({ due_at: NOON + 15 * 60_000, payload: {} });
  expect(backups.errors).toHaveLength(1);
  backups.advance(15 * 60_000);
  await backups.run();
  expect(backups.names()).toHaveLength(1);
  expect(await backups.rows()).toMatchObject([{ uploaded_at: null }]);
});

test("a copy under way ends with the server, without an error, and its snapshot stays", async () => {
  const silent = createServer();
  const received = once(silent, "request");
  const endpoint = await listen(silent);
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const account = { AWS_REGION: "eu-central-1", BUCKET_NAME: "copies", ...ACCOUNT };
  const backups = await openBackups({ bucket: openBucket({ AWS_ENDPOINT_URL_S3: endpoint, ...account }) });
  const stopping = new AbortController();
  const run = backups.run(stopping.signal);
  await received;
  stopping.abort();
  await expect(run).rejects.toMatchObject({ name: "AbortError" });
  expect(backups.errors).toEqual([]);
  expect(await backups.rows()).toMatchObject([{ uploaded_at: null }]);
  expect(backups.names()).toHaveLength(1);
}, 60_000);

test("a snapshot that cannot be written is tried again, not given up", async () => {
  const backups = await openBackups();
  await backups.run();
  rmSync(backups.folder, { recursive: true });
  backups.advance(DAY_MS);
  writeFileSync(backups.folder, "a file in the way");
  expect(await backups.run()).toEqual({ due_at: backups.now() + 15 * 60_000, payload: {} });
  rmSync(backups.folder);
  expect(await backups.run()).toEqual({ due_at: backups.now() + DAY_MS, payload: {} });
});

test("an interval of 0 means no backups", async () => {
  const backups = await openBackups({ intervalMs: 0 });
  expect(await backups.run()).toBeUndefined();
  expect(existsSync(backups.folder)).toBe(false);
});
