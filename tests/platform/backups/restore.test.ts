import { randomBytes } from "node:crypto";
import { chownSync, cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import SqliteDatabase from "better-sqlite3";
import { expect, test, vi } from "vitest";

import { createSealer } from "#app/platform/installs/sealer.server.ts";
import { API_KEY, IDS, installBody } from "#tests/support/blnk-payloads.ts";
import { runScript } from "#tests/support/run-script.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

// Each command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const script = (app: TestApp, name: string, args: string[], env: NodeJS.Dict<string> = {}) =>
  runScript(name, args, { cwd: app.directory, env: { ...app.env, ...env } });

const query = <Row>(file: string, sql: string): Row[] => {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    return db.prepare(sql).all() as Row[];
  } finally {
    db.close();
  }
};

const keysOf = ({ env }: TestApp) => ({
  ENCRYPTION_KEYS: env.ENCRYPTION_KEYS!,
  URL_SECRETS: env.URL_SECRETS!,
});

test("a backup under load holds everything that was acknowledged before it began, and the restored server goes on", async () => {
  const app = await startApp();
  await app.install();
  const enter = await app.launch();
  const load = new AbortController();
  let acknowledged = 0;
  const loaded = Array.from({ length: 8 }, async (_, worker) => {
    for (let index = 0; !load.signal.aborted; index += 1) {
      const response = await app.callback(installBody({ installed_app_id: `load_${worker}_${index}` }));
      if (response.status === 200) acknowledged += 1;
    }
  });
  await expect.poll(() => acknowledged, { timeout: 20_000 }).toBeGreaterThan(100);
  const before = app.rows<{ fingerprint: string }>("select fingerprint from received_events");
  const out = join(app.directory, "drill.db");
  const backup = await script(app, "backup", ["--out", out]);
  load.abort();
  await Promise.all(loaded);
  expect(backup).toMatchObject({ code: 0 });
  expect(backup.out).toContain("ENCRYPTION_KEYS are not in it");
  const kept = new Set(
    query<{ fingerprint: string }>(out, "select fingerprint from received_events").map(
      (row) => row.fingerprint,
    ),
  );
  expect(before.filter(({ fingerprint }) => !kept.has(fingerprint))).toEqual([]);
  expect(existsSync(`${out}-wal`)).toBe(false);

  await app.uninstall();
  await app.stop();
  const restored = await script(app, "restore", ["--from", out]);
  expect(restored).toMatchObject({ code: 0 });
  expect(restored.out).toContain("checksum: matches");
  const [replaced] = readdirSync(app.directory).filter((name) => name.includes(".replaced-"));
  expect(
    query(
      join(app.directory, replaced!),
      `select state from installs where installed_app_id = '${IDS.installed_app_id}'`,
    ),
  ).toEqual([{ state: "inactive" }]);

  const again = await startApp({ directory: app.directory, env: keysOf(app) });
  const install = () =>
    again.rows(
      `select state, generation, key_state from installs where installed_app_id = '${IDS.installed_app_id}'`,
    );
  await expect
    .poll(install, { timeout: 20_000 })
    .toEqual([{ state: "active", generation: 2, key_state: "working" }]);
  expect(again.cloud.journal.some(({ key }) => key === API_KEY)).toBe(true);
  expect((await again.request(enter)).status).toBe(401);
  expect((await again.request(await again.launch())).status).toBe(302);
});

test("a restore waits for no server: it is refused while one runs, and changes nothing", async () => {
  const app = await startApp();
  await app.install();
  const out = join(app.directory, "b.db");
  await script(app, "backup", ["--out", out]);
  const restore = await script(app, "restore", ["--from", out]);
  expect(restore.code).toBe(1);
  expect(restore.err).toContain("in use by another server");
  expect(readdirSync(app.directory).filter((name) => /replaced|restoring/.test(name))).toEqual([]);
  expect((await app.request("/readyz")).status).toBe(200);
});

/** A stopped app with one install, and a good backup of it. */
async function backedUp() {
  const app = await startApp();
  await app.install();
  const out = join(app.directory, "b.db");
  expect((await script(app, "backup", ["--out", out])).code).toBe(0);
  await app.stop();
  return { app, out };
}

test("a restore without the right encryption key names it and replaces nothing", async () => {
  const { app, out } = await backedUp();
  const before = readFileSync(app.file);
  for (const id of ["k1", "k9"]) {
    const ENCRYPTION_KEYS = `${id}:${randomBytes(32).toString("base64")}`;
    const restore = await script(app, "restore", ["--from", out], { ENCRYPTION_KEYS });
    expect(restore.code).toBe(1);
    expect(restore.err).toContain('"k1"');
  }
  expect(readFileSync(app.file).equals(before)).toBe(true);
});

test("a damaged, a changed, a foreign and a newer file are refused before anything is replaced", async () => {
  const { app, out } = await backedUp();
  const before = readFileSync(app.file);
  const refusals: [string, (file: string) => void, RegExp][] = [
    [
      "damaged",
      (file) => {
        const bytes = readFileSync(file);
        bytes.fill(0x5a, 8192, 16_384);
        writeFileSync(file, bytes);
      },
      /cannot be used/,
    ],
    ["cut short", (file) => writeFileSync(file, readFileSync(file).subarray(0, 20_000)), /cannot be used/],
    ["no database", (file) => writeFileSync(file, "hello"), /cannot be used/],
    [
      "foreign",
      (file) => {
        writeFileSync(file, "");
        const db = new SqliteDatabase(file);
        db.exec("create table t (a)");
        db.close();
      },
      /not a database of this app/,
    ],
    [
      "newer",
      (file) => {
        const db = new SqliteDatabase(file);
        db.prepare("insert into kysely_migration (name, timestamp) values ('999-later', '')").run();
        db.close();
      },
      /newer version/,
    ],
    ["missing", () => {}, /no file/],
  ];
  for (const [name, spoil, words] of refusals) {
    const file = join(app.directory, `${name}.db`);
    if (name !== "missing") cpSync(out, file);
    spoil(file);
    const restore = await script(app, "restore", ["--from", file]);
    expect({ name, code: restore.code, err: restore.err }).toMatchObject({
      name,
      code: 1,
      err: expect.stringMatching(words) as string,
    });
  }
  // A whole database, but not the one that was backed up.
  cpSync(`${out}.sha256`, join(app.directory, "changed.db.sha256"));
  cpSync(out, join(app.directory, "changed.db"));
  const db = new SqliteDatabase(join(app.directory, "changed.db"));
  db.exec("update installs set organization_id = 'org_other'");
  db.close();
  expect((await script(app, "restore", ["--from", join(app.directory, "changed.db")])).err).toContain(
    "checksum differs",
  );
  expect(readFileSync(app.file).equals(before)).toBe(true);
  // The same file as it was is taken.
  expect((await script(app, "restore", ["--from", out])).code).toBe(0);
});

test("what was still to be sent is looked for first, and the jobs of before are void", async () => {
  const { app } = await backedUp();
  const db = new SqliteDatabase(app.file);
  db.exec(`
    insert into monitors (id, installed_app_id, name, kind, definition, revision, watching_since, backfilled, created_at, updated_at)
      values ('m', '${IDS.installed_app_id}', 'm', 'new_balance', '{}', 1, 0, 1, 0, 0);
    insert into alert_deliveries (id, installed_app_id, monitor_id, entity_id, scope, title, description, state, attempts, due_at, may_be_doubled, resolution, created_at)
      values ('a', '${IDS.installed_app_id}', 'm', 'e', 'incident', 't', 'd', 'pending', 0, 0, 0, 'none', 0);
    insert into jobs (kind, installed_app_id, generation, payload, open_key, state, due_at, attempts, created_at)
      values ('deliver_alerts', '${IDS.installed_app_id}', 1, '{}', 'deliver_alerts:${IDS.installed_app_id}', 'queued', 0, 0, 0);`);
  db.close();
  const out = join(app.directory, "c.db");
  expect((await script(app, "backup", ["--out", out])).code).toBe(0);
  expect((await script(app, "restore", ["--from", out])).code).toBe(0);
  expect(query(app.file, "select state, sent_at is not null as sent from alert_deliveries")).toEqual([
    { state: "sending", sent: 1 },
  ]);
  expect(
    query(
      app.file,
      "select distinct generation from jobs where state = 'queued' and installed_app_id is not null",
    ),
  ).toEqual([{ generation: 2 }]);
  expect(
    query(app.file, "select kind from jobs where state = 'queued' and generation = 2 order by kind"),
  ).toContainEqual({ kind: "deliver_alerts" });
});

test("sessions and launches of the portal and the operator are not brought back to life", async () => {
  const { app } = await backedUp();
  const db = new SqliteDatabase(app.file);
  const later = Date.now() + 3_600_000;
  db.exec(`
    insert into launches values ('l', '${IDS.installed_app_id}', 1, 'h', null, 0, ${later}, null, 1, '127.0.0.1', 0);
    insert into sessions values ('s', 'l', 0, '127.0.0.1');
    insert into hand_over_codes values ('c', 'l', ${later}, null);
    insert into operator_sessions values ('o', 'mark', ${later}, ${later}, '127.0.0.1');`);
  db.close();
  const out = join(app.directory, "d.db");
  expect((await script(app, "backup", ["--out", out])).code).toBe(0);
  const tables = ["launches", "sessions", "hand_over_codes", "operator_sessions"];
  const counts = (file: string) =>
    tables.map((table) => query<{ rows: number }>(file, `select count(*) as rows from ${table}`)[0]!.rows);
  expect(counts(out)).toEqual([1, 1, 1, 1]);
  expect((await script(app, "restore", ["--from", out])).code).toBe(0);
  expect(counts(app.file)).toEqual([0, 0, 0, 0]);
});

test("a restore by root leaves the file and its lock to whom the folder belongs", async () => {
  const { app, out } = await backedUp();
  const directory = temporaryDirectory();
  if (process.getuid?.() === 0) chownSync(directory, 65_534, 65_534);
  const file = join(directory, "tidemark.db");
  expect((await script(app, "restore", ["--from", out], { DATABASE_URL: `file:${file}` })).code).toBe(0);
  for (const name of readdirSync(directory))
    expect([name, statSync(join(directory, name)).uid]).toEqual([name, statSync(directory).uid]);
});

test("a backup is restored on a machine that has no database yet", async () => {
  const { app, out } = await backedUp();
  const directory = temporaryDirectory();
  const file = join(directory, "new", "tidemark.db");
  const restore = await script(app, "restore", ["--from", out], { DATABASE_URL: `file:${file}` });
  expect(restore).toMatchObject({ code: 0 });
  const [row] = query<{ box: string; installed_app_id: string; app_id: string; instance_id: string }>(
    file,
    "select box, installed_app_id, app_id, instance_id from install_keys join installs using (installed_app_id)",
  );
  const [id, coded] = app.env.ENCRYPTION_KEYS!.split(":");
  const sealer = createSealer([{ id: id!, key: Buffer.from(coded!, "base64") }]);
  const { box, ...owner } = row!;
  expect(sealer.open("api_key", owner, box)).toBe(API_KEY);
});
