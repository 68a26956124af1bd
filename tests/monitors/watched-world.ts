import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";

import { expect, onTestFinished } from "vitest";

import { hooks, jobHandlers } from "#app/app.server.ts";
import { createCloud } from "#app/platform/blnk/cloud.server.ts";
import type { CloudClock } from "#app/platform/blnk/transport/cloud-clock.ts";
import { createClock } from "#app/platform/clock.ts";
import { createSealer } from "#app/platform/installs/sealer.server.ts";
import { createWalTruncation } from "#app/platform/installs/wal-truncation.server.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import { createWorker, type JobHandler, type WorkerLimits } from "#app/platform/jobs/worker.server.ts";
import { createLog } from "#app/platform/http/log.server.ts";
import { readMonitor } from "#app/monitors/definition/read-monitors.ts";
import { createMonitors } from "#app/monitors/monitors.server.ts";
import type { PostWebhook } from "#app/monitors/webhook/post-webhook.server.ts";
import { openDatabase } from "#db/database.server.ts";
import { createBalance, createLedger, type Ledger } from "blnk-sandbox/ledger/ledger.ts";
import { recordTransaction } from "blnk-sandbox/ledger/record-transaction.ts";
import { newRequest, type TransactionRequest } from "blnk-sandbox/ledger/transaction-request.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { Crash } from "./crash.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

export type WatchedWorld = Awaited<ReturnType<typeof openWatchedWorld>>;

export const AUTHOR = { launch_id: "launch_1", user_id: null };

/**
 * The monitors' jobs against a sandbox, with a database and clock of their own: the clock is the wall's and may be moved
 * ahead, and jobs run only when `work` is called.
 */
export async function openWatchedWorld({
  scopes,
  file = join(temporaryDirectory(), "tidemark.db"),
  sandbox,
  webhookHosts = [],
  postWebhook = async () => ({ kind: "answered", status: 200 }),
  wrap = (handlers) => handlers,
  callMs,
  maxResponseBytes,
  slowMs,
  workerLimits,
  ahead = 0,
  wall,
  cloudClock,
  crash = new Crash(),
}: {
  scopes?: string[];
  file?: string;
  sandbox?: Sandbox;
  webhookHosts?: string[];
  postWebhook?: PostWebhook;
  wrap?: (handlers: Record<string, JobHandler>) => Record<string, JobHandler>;
  callMs?: number;
  maxResponseBytes?: number;
  slowMs?: number;
  workerLimits?: WorkerLimits;
  /** How far the clock is ahead of the wall's. */
  ahead?: number;
  /** The server's wall clock, from which Cloud's time is then told; else the world's clock is Cloud's. */
  wall?: () => number;
  cloudClock?: CloudClock | undefined;
  crash?: Crash;
} = {}) {
  const log = createLog("silent");
  const clock = wall ? createClock(wall) : { now: () => Date.now() + ahead };
  const db = await openDatabase(`file:${file}`, { now: clock.now() });
  const sealer = createSealer([{ id: "k1", key: Buffer.alloc(32, 7) }]);
  const cloudSandbox = sandbox ?? (await openSandbox());
  const cloud = createCloud({
    apiUrl: cloudSandbox.api,
    retryMs: 1,
    breakAfter: 1_000_000,
    ...(wall && { now: wall }),
    ...(callMs !== undefined && { callMs }),
    ...(maxResponseBytes !== undefined && { maxResponseBytes }),
    ...(slowMs !== undefined && { slowMs }),
  });
  const walTruncation = createWalTruncation(db, log);
  const monitoring = { intervalMs: 60_000, webhookHosts, postWebhook, heartbeat: () => undefined };
  const dying = {
    db: { ...db, write: (fn, options) => crash.step(() => db.write(fn, options)) } satisfies typeof db,
    cloud: {
      ...cloud,
      clock: cloudClock ?? (wall ? cloud.clock : { now: () => clock.now(), skewMs: () => 0 }),
      client: (...of) => crash.wrap(cloud.client(...of)),
    } satisfies typeof cloud,
  };
  const platform = { ...dying, sealer, clock, log, walTruncation, hooks, ...monitoring };
  const worker = createWorker({ db, clock, log }, wrap(jobHandlers(platform)), workerLimits);
  let closed: Promise<void> | undefined;
  const close = () =>
    (closed ??= (async () => {
      await worker.stop();
      walTruncation.stop();
      await cloud.close();
      await db.close();
    })());
  onTestFinished(close);

  const world = {
    platform,
    db,
    clock,
    sealer,
    worker,
    file,
    ahead: () => ahead,
    sandbox: cloudSandbox,
    ledger: cloudSandbox.workspace.instances[0]!.ledger,
    close,
    advance(ms: number) {
      ahead += ms;
    },
    alerts: () => cloudSandbox.workspace.instances[0]!.alerts.all(),
    /** An active install whose key works, without the life cycle that made it. */
    async install(
      installedAppId = "instapp_1",
      {
        keyState = "working" as const,
        granted = scopes ?? ALL,
        instanceId,
      }: { keyState?: "working"; granted?: string[]; instanceId?: string } = {},
    ) {
      const key = cloudSandbox.mintKey(granted, instanceId);
      const owner = { installed_app_id: installedAppId, app_id: "app_1", instance_id: key.instance_id };
      await db.write(async (tx) => {
        const now = clock.now();
        await tx
          .insertInto("installs")
          .values({
            ...owner,
            organization_id: null,
            state: "active",
            generation: 1,
            granted_permissions: JSON.stringify(granted),
            key_state: keyState,
            key_state_at: now,
            installed_at: now,
            updated_at: now,
            uninstalled_at: null,
          })
          .execute();
        const event = await tx
          .insertInto("received_events")
          .values({
            ...owner,
            idempotency_key: `install:${installedAppId}`,
            fingerprint: installedAppId,
            kind: "install",
            outcome: "applied",
            reason: null,
            deliveries: 1,
            first_received_at: now,
            last_received_at: now,
            source_address: "192.0.2.1",
            secret_index: 0,
          })
          .returning("id")
          .executeTakeFirstOrThrow();
        await tx
          .insertInto("install_keys")
          .values({
            installed_app_id: installedAppId,
            generation: 1,
            key_fingerprint: randomBytes(8).toString("hex"),
            key_prefix: "blnk_",
            granted_permissions: JSON.stringify(granted),
            event_id: event.id,
            box: sealer.seal("api_key", owner, key.key),
            applied_at: now,
            proven_at: now,
          })
          .execute();
      });
      return { installed_app_id: installedAppId, generation: 1, ...AUTHOR, owner, key };
    },
    /** Creates a monitor from its JSON. @returns its id */
    async monitor(json: object, installedAppId = "instapp_1"): Promise<string> {
      const { monitor, problems } = readMonitor({ name: "A monitor", ...json });
      if (!monitor) throw new Error(JSON.stringify(problems));
      const author = { installed_app_id: installedAppId, generation: 1, ...AUTHOR };
      const [id] = await db.write((tx) => createMonitors(tx, author, [monitor], dying.cloud.clock.now()));
      return id!;
    },
    /** Has the monitors of an install evaluated, and does what follows from it. */
    async evaluate(installedAppId = "instapp_1") {
      await db.write((tx) =>
        enqueueJob(
          tx,
          { kind: "watch", installed_app_id: installedAppId, generation: 1, due_at: clock.now() },
          clock.now(),
        ),
      );
      await world.work();
    },
    /** Runs what is due until nothing is. */
    async work(ms = 0) {
      ahead += ms;
      await worker.start();
      await expect
        .poll(
          async () => {
            worker.wake();
            const open = await db.read
              .selectFrom("jobs")
              .select(["state", "due_at"])
              .where("open_key", "is not", null)
              .execute();
            return open.filter(({ state, due_at }) => state === "running" || due_at <= clock.now()).length;
          },
          { timeout: 60_000, interval: 5 },
        )
        .toBe(0);
    },
    incidents: () => db.read.selectFrom("incidents").selectAll().orderBy("opened_at").orderBy("id").execute(),
    deliveries: () =>
      db.read.selectFrom("alert_deliveries").selectAll().orderBy("created_at").orderBy("id").execute(),
    states: () => db.read.selectFrom("monitor_states").selectAll().execute(),
    monitors: () => db.read.selectFrom("monitors").selectAll().execute(),
  };
  return world;
}

const ALL = ["data:read", "data:write", "alerts:read", "alerts:write"];

/** An empty sandbox, closed with the test. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ seed: "empty", ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** A ledger with a USD wallet that met 100.00. */
export function openWallet(
  ledger: Ledger,
  {
    amount = 10_000n,
    currency = "USD",
    ledgerId,
  }: { amount?: bigint; currency?: string; ledgerId?: string } = {},
) {
  const ledger_id = ledgerId ?? createLedger(ledger, "Wallets", null).ledger_id;
  const { balance_id } = createBalance(ledger, {
    ledger_id,
    currency,
    identity_id: "",
    indicator: undefined,
    meta_data: null,
    track_fund_lineage: false,
    allocation_strategy: undefined,
  });
  if (amount > 0n)
    move(ledger, { source: "@World", destination: balance_id, precise_amount: amount, currency });
  return { ledger_id, balance_id };
}

export function move(
  ledger: Ledger,
  asked: Partial<TransactionRequest> & { source: string; destination: string; precise_amount: bigint },
) {
  return recordTransaction(
    ledger,
    newRequest({
      precision: 100n,
      currency: "USD",
      reference: randomUUID(),
      description: "A movement",
      allow_overdraft: true,
      skip_queue: true,
      ...asked,
    }),
  );
}

export const below = (select: object, value: string, more: object = {}) => ({
  kind: "balance_threshold",
  select,
  condition: { field: "balance", operator: "<", value, precision: 100, ...more },
});
