import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { expect, onTestFinished } from "vitest";

import { createCloud } from "#app/platform/blnk/cloud.server.ts";
import { InvalidBody } from "#app/platform/errors.ts";
import { callbackSchema } from "#app/platform/installs/callback-schema.ts";
import { launchPortal } from "#app/platform/installs/launch-portal.server.ts";
import { createKeyProof } from "#app/platform/installs/prove-key.server.ts";
import { receiveCallback } from "#app/platform/installs/receive-callback.server.ts";
import { createSealer } from "#app/platform/installs/sealer.server.ts";
import { createWalTruncation } from "#app/platform/installs/wal-truncation.server.ts";
import { createWorker } from "#app/platform/jobs/worker.server.ts";
import { createLog } from "#app/platform/http/log.server.ts";
import { openDatabase } from "#db/database.server.ts";

import { installBody, launchBody, uninstallBody } from "./blnk-payloads.ts";
import { PUBLIC_URL, temporaryDirectory } from "./test-environment.ts";
import { startStandInCloud } from "./stand-in-cloud.ts";

export type World = Awaited<ReturnType<typeof openWorld>>;

/** Tuesday, 24 November 2026, noon UTC. */
export const NOON = Date.UTC(2026, 10, 24, 12);

/**
 * The platform rooms without HTTP, and without the features that are built on them: a fresh migrated database, a clock that stands still until it is moved, and a worker
 * that runs only when `work` is called.
 */
export async function openWorld({ pinnedAppId }: { pinnedAppId?: string } = {}) {
  const log = createLog("silent");
  const file = join(temporaryDirectory(), "tidemark.db");
  let now = NOON;
  const clock = { now: () => now };
  const db = await openDatabase(`file:${file}`, { now });
  const sealer = createSealer([{ id: "k1", key: randomBytes(32) }]);
  const standIn = await startStandInCloud();
  const cloud = createCloud({ apiUrl: standIn.url, retryMs: 1 });
  const walTruncation = createWalTruncation(db, log);
  const proof = { db, sealer, clock, cloud, walTruncation, hooks: [] };
  const worker = createWorker({ db, clock, log }, { prove_key: createKeyProof(proof) });
  onTestFinished(async () => {
    await worker.stop();
    walTruncation.stop();
    await cloud.close();
    await db.close();
  });

  const app = {
    db,
    sealer,
    clock,
    cloud,
    worker,
    walTruncation,
    hooks: [],
    pinnedAppId,
    publicUrl: PUBLIC_URL,
    sessionMinutes: 15,
  };
  const source = () => ({
    source_address: "192.0.2.1",
    secret_index: 0,
    arrivedAt: performance.now(),
    signal: new AbortController().signal,
  });
  const receive = (body: object) => {
    const parsed = callbackSchema.safeParse(body);
    if (!parsed.success)
      throw new InvalidBody(
        parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
      );
    return receiveCallback(app, { ...source(), event: parsed.data });
  };
  const openJobs = () => db.read.selectFrom("jobs").selectAll().where("open_key", "is not", null).execute();

  return {
    ...app,
    log,
    file,
    standIn,
    receive,
    install: (fields: object = {}) => receive(installBody(fields)),
    uninstall: (fields: object = {}) => receive(uninstallBody(fields)),
    launch: (fields: object = {}) => launchPortal(app, { ...source(), launch: launchBody(fields) }),
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    openJobs,
    /** Moves the clock and runs what is due by then, until nothing is. */
    async work(milliseconds = 0) {
      now += milliseconds;
      await worker.start();
      await expect
        .poll(
          async () => {
            worker.wake();
            return (await openJobs()).filter(({ state, due_at }) => state === "running" || due_at <= now)
              .length;
          },
          { timeout: 15_000, interval: 10 },
        )
        .toBe(0);
    },
    async findInstall(installedAppId = "instapp_1") {
      return await db.read
        .selectFrom("installs")
        .selectAll()
        .where("installed_app_id", "=", installedAppId)
        .executeTakeFirst();
    },
    events: () => db.read.selectFrom("received_events").selectAll().orderBy("id").execute(),
    keys: () => db.read.selectFrom("install_keys").selectAll().orderBy("generation").execute(),
    /** The api_key that a call for the install would carry now. */
    async currentKey(installedAppId = "instapp_1") {
      const install = await this.findInstall(installedAppId);
      const row = (await this.keys()).find(
        (key) => key.installed_app_id === installedAppId && key.generation === install?.generation,
      );
      return install && row?.box ? sealer.open("api_key", install, row.box) : undefined;
    },
  };
}
