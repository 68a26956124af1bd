import { createHash, randomBytes } from "node:crypto";

import { callbackSchema } from "#app/platform/installs/callback-schema.ts";
import { fingerprintEvent, fingerprintKey } from "#app/platform/installs/fingerprint.server.ts";
import { launchSchema } from "#app/platform/installs/launch-schema.ts";
import { createSealer } from "#app/platform/installs/sealer.server.ts";
import { openWriter, type SqliteConnection } from "#db/connection.server.ts";
import { openDatabase } from "#db/database.server.ts";

const LAUNCH_MS = 15 * 60_000;

export type SameWork = {
  connection: SqliteConnection;
  /** Read, checked and written as the app does, in the same tables; inside a transaction of the caller's. */
  callback: (body: unknown) => object;
  launch: (body: unknown) => object;
};

/**
 * What an install callback and a launch cost without a framework, a query builder or background work: the app's own
 * schema, fingerprints and seal, and the same rows by prepared statements.
 */
export async function prepareSameWork(file: string): Promise<SameWork> {
  await (await openDatabase(`file:${file}`, { now: Date.now() })).close();
  const connection = openWriter(file);
  const sealer = createSealer([{ id: "k1", key: randomBytes(32) }]);
  const sql = prepareStatements(connection);

  return {
    connection,
    callback(body) {
      const event = callbackSchema.parse(body);
      if (event.kind !== "install") throw new Error("The benchmark installs only.");
      const { installed_app_id, app_id, instance_id, idempotency_key, api_key } = event;
      const owner = { installed_app_id, app_id, instance_id };
      const now = Date.now();
      const fingerprint = fingerprintEvent(event);
      const install = sql.findInstall.get(installed_app_id);
      if (install || sql.findEvent.get(idempotency_key, fingerprint))
        return { ok: true, outcome: "duplicate" };
      const granted = JSON.stringify([...new Set(event.granted_permissions)].sort());
      const keyFingerprint = fingerprintKey(installed_app_id, api_key);
      const { lastInsertRowid } = sql.addEvent.run([
        idempotency_key,
        fingerprint,
        installed_app_id,
        app_id,
        instance_id,
        now,
        now,
      ]);
      sql.addInstall.run(installed_app_id, app_id, instance_id, granted, now, now, now);
      sql.addKey.run([
        installed_app_id,
        keyFingerprint,
        api_key.slice(0, 8),
        granted,
        lastInsertRowid,
        sealer.seal("api_key", owner, api_key),
        now,
      ]);
      sql.addActivity.run(installed_app_id, now, null, "app.installed", "generation 1");
      sql.addJob.run(installed_app_id, `prove_key:${installed_app_id}`, now + 250, now);
      return { ok: true, outcome: "applied" };
    },
    launch(body) {
      const { installed_app_id, app_id, instance_id } = launchSchema.parse(body);
      const install = sql.findInstall.get(installed_app_id);
      if (install?.app_id !== app_id || install.instance_id !== instance_id || install.state !== "active")
        throw new Error("The benchmark launches active installs only.");
      const now = Date.now();
      const launchId = randomBytes(16).toString("base64url");
      const token = randomBytes(32).toString("base64url");
      const hash = createHash("sha256").update(token).digest("hex");
      sql.addLaunch.run(launchId, installed_app_id, install.generation, hash, now, now + LAUNCH_MS);
      for (const { launch_id } of sql.surplusLaunches.all(installed_app_id, launchId, now))
        sql.endLaunch.run(now, launch_id);
      sql.addActivity.run(installed_app_id, now, launchId, "portal.launched", "opened");
      return { portal_url: `https://tidemark.example.com/portal/enter?token=${token}` };
    },
  };
}

type InstallRow = { app_id: string; instance_id: string; state: string; generation: number };

function prepareStatements(connection: SqliteConnection) {
  return {
    findInstall: connection.prepare<[string], InstallRow>(
      "select * from installs where installed_app_id = ?",
    ),
    findEvent: connection.prepare(
      "select id, outcome from received_events where idempotency_key = ? and fingerprint = ?",
    ),
    addEvent: connection.prepare(
      `insert into received_events (idempotency_key, fingerprint, kind, installed_app_id, app_id, instance_id, outcome,
        reason, deliveries, first_received_at, last_received_at, source_address, secret_index)
        values (?, ?, 'install', ?, ?, ?, 'applied', null, 1, ?, ?, '127.0.0.1', 0)`,
    ),
    addInstall: connection.prepare(
      `insert into installs (installed_app_id, app_id, instance_id, state, generation, granted_permissions, key_state,
        key_state_at, installed_at, updated_at) values (?, ?, ?, 'active', 1, ?, 'unverified', ?, ?, ?)`,
    ),
    addKey: connection.prepare(
      `insert into install_keys (installed_app_id, generation, key_fingerprint, key_prefix, granted_permissions,
        event_id, box, applied_at) values (?, 1, ?, ?, ?, ?, ?, ?)`,
    ),
    addActivity: connection.prepare(
      "insert into activity (installed_app_id, at, launch_id, action, result) values (?, ?, ?, ?, ?)",
    ),
    addJob: connection.prepare(
      `insert into jobs (kind, installed_app_id, generation, payload, open_key, state, due_at, attempts, created_at)
        values ('prove_key', ?, 1, '{}', ?, 'queued', ?, 0, ?)`,
    ),
    addLaunch: connection.prepare(
      `insert into launches (launch_id, installed_app_id, generation, token_hash, created_at, expires_at, redemptions,
        source_address, secret_index) values (?, ?, ?, ?, ?, ?, 0, '127.0.0.1', 0)`,
    ),
    surplusLaunches: connection.prepare<[string, string, number], { launch_id: string }>(
      `select launch_id from launches where installed_app_id = ? and launch_id != ? and expires_at > ? and ended_at is null
        order by case when redemptions > 0 then 1 else 0 end desc, created_at desc limit 50 offset 49`,
    ),
    endLaunch: connection.prepare("update launches set ended_at = ? where launch_id = ?"),
  };
}
