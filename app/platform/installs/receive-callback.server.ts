import { recordActivity } from "#app/platform/activity/activity.server.ts";
import type { Cloud } from "#app/platform/blnk/cloud.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import { findEvent, recordEvent } from "#app/platform/events/received-events.server.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import type { Worker } from "#app/platform/jobs/worker.server.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { type CallbackDelivery, waitLeft } from "./read-delivery.server.ts";
import type { InstallEvent } from "./callback-schema.ts";
import { endInstall, voidGeneration } from "./end-install.server.ts";
import { fingerprintEvent, fingerprintKey } from "./fingerprint.server.ts";
import { findAppliedKey, storeKey } from "./install-keys.server.ts";
import { activateInstall, findInstall, type Install } from "./installs.server.ts";
import { judgeCallback, type Verdict } from "./judge-callback.ts";
import type { LifecycleHooks } from "./lifecycle-hooks.ts";
import type { Sealer } from "./sealer.server.ts";
import type { WalTruncation } from "./wal-truncation.server.ts";

// The key may only work once Cloud has our 2xx.
const FIRST_PROOF_AFTER_MS = 250;

type LifeCycle = {
  db: Database;
  sealer: Sealer;
  clock: Clock;
  cloud: Pick<Cloud, "stop">;
  worker: Pick<Worker, "abort">;
  walTruncation: Pick<WalTruncation, "request">;
  pinnedAppId: string | undefined;
  hooks: readonly LifecycleHooks[];
};

/**
 * The whole life cycle: one unit of work judges the event, writes it into the ledger and applies it. Safe to repeat in
 * any order; answers after the commit.
 *
 * @throws StorageError when nothing was applied.
 */
export async function receiveCallback(app: LifeCycle, delivery: CallbackDelivery): Promise<Verdict> {
  const { event, source_address, secret_index } = delivery;
  const { installed_app_id, app_id, instance_id, idempotency_key, kind } = event;
  const fingerprint = fingerprintEvent(event);
  const keyFingerprint =
    event.kind === "install" ? fingerprintKey(installed_app_id, event.api_key) : undefined;

  const verdict = await app.db.write(
    async (tx) => {
      const now = app.clock.now();
      const install = await findInstall(tx, installed_app_id);
      const earlier = await findEvent(tx, { idempotency_key, fingerprint });
      const key =
        keyFingerprint && install
          ? await findAppliedKey(tx, installed_app_id, keyFingerprint, install.generation)
          : NEW_KEY;
      const verdict = judgeCallback(event, { install, earlier, key }, app.pinnedAppId);
      const eventId = await recordEvent(
        tx,
        {
          idempotency_key,
          fingerprint,
          kind,
          installed_app_id,
          app_id,
          instance_id,
          source_address,
          secret_index,
        },
        verdict,
        { earlier, now },
      );
      // Cloud says once more that this key is good: whether it is decides at once which of the two is current.
      if (verdict.outcome === "duplicate" && install?.state === "active" && key.held && !key.current)
        await enqueueProof(tx, install, now, now);
      if (verdict.outcome !== "applied") return verdict;
      if (event.kind === "install")
        await applyInstall(tx, app.sealer, event, { install, eventId, keyFingerprint: keyFingerprint!, now });
      else if (install?.state === "active") await endInstall(tx, install, app.hooks, now);
      return verdict;
    },
    { signal: delivery.signal, maxWait: waitLeft(delivery.arrivedAt) },
  );

  if (verdict.outcome === "applied") {
    app.cloud.stop(installed_app_id);
    app.worker.abort(installed_app_id);
    if (kind === "uninstall") app.walTruncation.request();
  }
  return verdict;
}

/** Enough to tell keys apart on a screen (`blnk_abc`), and never most of a short one. */
function keyPrefix(apiKey: string): string {
  return apiKey.slice(0, Math.min(8, Math.floor(apiKey.length / 3)));
}

const NEW_KEY = { applied: false, held: false, current: false };

async function applyInstall(
  tx: Tx,
  sealer: Sealer,
  event: InstallEvent,
  {
    install,
    eventId,
    keyFingerprint,
    now,
  }: { install: Install | undefined; eventId: number; keyFingerprint: string; now: number },
): Promise<void> {
  const { installed_app_id, app_id, instance_id, api_key } = event;
  const owner = { installed_app_id, app_id, instance_id };
  const generation = (install?.generation ?? 0) + 1;
  const permissions = JSON.stringify([...new Set(event.granted_permissions)].sort());
  const organization_id = event.organization_id ?? install?.organization_id ?? null;

  if (install) await voidGeneration(tx, installed_app_id, now);
  await activateInstall(tx, { ...owner, organization_id, permissions }, { now, generation });
  await storeKey(tx, {
    installed_app_id,
    generation,
    key_fingerprint: keyFingerprint,
    key_prefix: keyPrefix(api_key),
    granted_permissions: permissions,
    event_id: eventId,
    box: sealer.seal("api_key", owner, api_key),
    applied_at: now,
  });
  await recordActivity(
    tx,
    { installed_app_id, action: "app.installed", result: `generation ${generation}` },
    now,
  );
  await enqueueProof(tx, { installed_app_id, generation }, now + FIRST_PROOF_AFTER_MS, now);
}

async function enqueueProof(
  tx: Tx,
  { installed_app_id, generation }: Pick<Install, "installed_app_id" | "generation">,
  due_at: number,
  now: number,
): Promise<void> {
  await enqueueJob(tx, { kind: "prove_key", installed_app_id, generation, due_at }, now);
}
