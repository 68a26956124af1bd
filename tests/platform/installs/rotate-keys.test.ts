import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { createSealer, keyIdOf } from "#app/platform/installs/sealer.server.ts";
import { report } from "#tests/support/report.ts";
import { API_KEY, installBody } from "#tests/support/blnk-payloads.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { databaseBytes } from "#tests/support/scan-bytes.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";

const ROTATE = fileURLToPath(new URL("../../../scripts/rotate-keys.ts", import.meta.url));

const INSTALLS = Number(process.env["ROTATED_INSTALLS"] ?? 1000);
const KILLS = Number(process.env["ROTATION_KILLS"] ?? 4);

const newKey = (id: string) => `${id}:${randomBytes(32).toString("base64")}`;

function sealerOf(keys: string) {
  return createSealer(
    keys
      .split(",")
      .map((entry) => ({ id: entry.split(":")[0]!, key: Buffer.from(entry.split(":")[1]!, "base64") })),
  );
}

/** `npm run rotate-keys` as a process of its own. */
function rotate(app: TestApp, keys: string): ChildProcess & { output: string } {
  const env = { ...app.env, ENCRYPTION_KEYS: keys, PATH: process.env.PATH } as Record<string, string>;
  const child = Object.assign(spawn(process.execPath, [ROTATE], { cwd: app.directory, env }), { output: "" });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (child.output += text));
  return child;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  return ((await once(child, "exit")) as [number | null])[0];
}

/** Installs and webhooks whose secrets are known: `key of <id>` and so on. */
function fill(app: TestApp, keys: string, count: number): void {
  const sealer = sealerOf(keys);
  const db = new SqliteDatabase(app.file, { timeout: 5000 });
  const event = db.prepare(`insert into received_events
    (idempotency_key, fingerprint, kind, installed_app_id, app_id, instance_id, outcome, deliveries, first_received_at, last_received_at, source_address, secret_index)
    values (?, 'f', 'install', ?, 'app_1', 'inst', 'applied', 1, 0, 0, '', 0)`);
  const install = db.prepare(`insert into installs
    (installed_app_id, app_id, instance_id, state, generation, granted_permissions, key_state, key_state_at, installed_at, updated_at)
    values (?, 'app_1', 'inst', 'active', 1, '["data:read"]', 'working', 0, 0, 0)`);
  const key = db.prepare(`insert into install_keys values (?, 1, 'f', '', '["data:read"]', ?, ?, 0, null)`);
  const webhook = db.prepare("insert into webhooks values (?, 'standard', 'hooks.example.com', ?, ?, 0)");
  db.transaction(() => {
    for (let index = 0; index < count; index += 1) {
      const id = `filled_${index}`;
      const owner = { installed_app_id: id, app_id: "app_1", instance_id: "inst" };
      const { lastInsertRowid } = event.run(`install:${id}`, id);
      install.run(id);
      key.run(id, lastInsertRowid, sealer.seal("api_key", owner, `key of ${id}`));
      if (index % 10 === 0)
        webhook.run(
          id,
          sealer.seal("webhook_url", owner, `url of ${id}`),
          sealer.seal("webhook_secret", owner, `secret of ${id}`),
        );
    }
  })();
  db.close();
}

type Sealed = { installed_app_id: string; app_id: string; instance_id: string; box: string };

const boxes = (app: TestApp, table: string, column: string) =>
  app.rows<Sealed>(
    `select installed_app_id, app_id, instance_id, ${column} as box from ${table} join installs using (installed_app_id) where ${column} is not null`,
  );

/** Opens everything that is stored with these keys; answers how much, and the ids of the keys that sealed it. */
function openAll(app: TestApp, keys: string): { count: number; ids: Set<string> } {
  const sealer = sealerOf(keys);
  const ids = new Set<string>();
  let count = 0;
  for (const [table, column, purpose, word] of [
    ["install_keys", "box", "api_key", "key"],
    ["webhooks", "url_box", "webhook_url", "url"],
    ["webhooks", "secret_box", "webhook_secret", "secret"],
  ] as const) {
    for (const { box, ...owner } of boxes(app, table, column)) {
      const secret = sealer.open(purpose, owner, box);
      if (owner.installed_app_id.startsWith("filled_"))
        expect(secret).toBe(`${word} of ${owner.installed_app_id}`);
      ids.add(keyIdOf(box));
      count += 1;
    }
  }
  return { count, ids };
}

/** Installs that arrive and pages of the filled ones that are looked at, each by two at a time, until it is stopped. */
function startLoad(app: TestApp) {
  const statuses = new Set<number>();
  const load = { stopped: false };
  let turn = 0;
  const install = async () => {
    const answer = await app.callback(installBody({ installed_app_id: `loaded_${turn}` }));
    statuses.add(answer.status);
  };
  const look = async () => {
    const ids = { installed_app_id: `filled_${turn % INSTALLS}`, instance_id: "inst" };
    const portal = openPortal(app);
    const page = await portal.enter(await app.launch(ids));
    statuses.add((await portal.get(`${page}/ledgers`)).status);
  };
  const loop = async (ask: () => Promise<void>) => {
    while (!load.stopped) {
      turn += 1;
      await ask();
    }
  };
  const loops = Promise.all([install, install, look, look].map(loop));
  return {
    statuses,
    async stop() {
      load.stopped = true;
      await loops;
    },
  };
}

test(
  "everything is sealed with the new key beside a running server, through kills, and nothing stays on the old one",
  async () => {
    const [first, second] = [newKey("k1"), newKey("k2")];
    const app = await startApp({ env: { ENCRYPTION_KEYS: `${second},${first}` } });
    fill(app, first, INSTALLS);
    expect(openAll(app, first).ids).toEqual(new Set(["k1"]));
    // The control: a box that does not open is seen.
    expect(() => openAll(app, second)).toThrow('"k1"');
    const [old] = boxes(app, "install_keys", "box");

    const load = startLoad(app);
    let opened = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = rotate(app, `${second},${first}`);
      const exit = exitOf(child);
      // Kills it in the midst of its work: after the first batches that it tells of.
      const told = () => child.output.match(/sealed anew …/g)?.length ?? 0;
      await Promise.race([
        exit,
        expect.poll(told, { timeout: 30_000, interval: 2 }).toBeGreaterThan(kill % 4),
      ]);
      child.kill("SIGKILL");
      await exit;
      opened += openAll(app, `${second},${first}`).count;
    }
    const last = rotate(app, `${second},${first}`);
    expect(await exitOf(last)).toBe(0);
    await load.stop();

    expect(load.statuses).toEqual(new Set([200]));
    // Every page read Blnk with its own install's key, in the middle of it.
    const keys = app.cloud.journal.map(({ key }) => key).filter((key) => key !== API_KEY);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^key of filled_\d+$/);
    const { count, ids } = openAll(app, second);
    expect(ids).toEqual(new Set(["k2"]));
    report(
      "S7",
      `${INSTALLS} installs, killed ${KILLS} times: ${opened + count} boxes opened, none failed; keys in use at the end: ${[...ids].join(", ")}`,
      "0 failed, k2 only",
    );
    expect(last.output).toContain("k1 seals nothing any more");
    expect(last.output).not.toContain(first.split(":")[1]);
    await expect.poll(() => databaseBytes(app.file).includes(old!.box), { timeout: 10_000 }).toBe(false);
  },
  60_000 + INSTALLS * 60,
);

test("a rotation to a key that the running server does not hold is refused, and nothing changes", async () => {
  const first = newKey("k1");
  const app = await startApp({ env: { ENCRYPTION_KEYS: first } });
  fill(app, first, 3);
  const before = app.rows("select box from install_keys");
  const child = rotate(app, `${newKey("k2")},${first}`);
  expect(await exitOf(child)).toBe(1);
  expect(child.output).toContain('does not hold the key "k2"');
  expect(app.rows("select box from install_keys")).toEqual(before);
});

test("without a running server it rotates too, and names a key that it was not given", async () => {
  const [first, second] = [newKey("k1"), newKey("k2")];
  const app = await startApp({ env: { ENCRYPTION_KEYS: first } });
  fill(app, first, 3);
  await app.stop();
  const without = rotate(app, second);
  expect(await exitOf(without)).toBe(1);
  expect(without.output).toContain('"k1"');
  expect(openAll(app, first).ids).toEqual(new Set(["k1"]));
  expect(await exitOf(rotate(app, `${second},${first}`))).toBe(0);
  expect(openAll(app, second).ids).toEqual(new Set(["k2"]));
});
