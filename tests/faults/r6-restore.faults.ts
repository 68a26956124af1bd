import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";

import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { runScript } from "#tests/support/run-script.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";
import { type ServerProcess, startServerProcess } from "#tests/support/start-server-process.ts";

import { audit } from "./bursts/audit.ts";
import { type Acknowledged, beginBurst } from "./bursts/burst.ts";
import { report } from "#tests/support/report.ts";

/** Years of deliveries. */
const OLD_EVENTS = 500_000;
const DRILL_MS = 120_000;

test("R6: a backup under load is complete up to its start, and restored within two minutes after the server is gone", async () => {
  const { directory, server } = await startWithHistory();
  const burst = beginBurst(server.origin, server.paths, { installs: 20_000, prefix: "r" });
  await expect.poll(burst.count, { interval: 1, timeout: 60_000 }).toBeGreaterThan(1000);
  const before = copyOf(burst.acknowledged);

  const began = performance.now();
  const backup = join(directory, "backup.db");
  expect(await command("backup", ["--out", backup], server.env)).toMatchObject({ code: 0 });
  const during = burst.count() - countOf(before);
  process.kill(server.pid, "SIGKILL");
  await Promise.all([server.ended, burst.ended]);

  const elsewhere = temporaryDirectory();
  const restored = join(elsewhere, "tidemark.db");
  const env = { ...server.env, DATABASE_URL: `file:${restored}` };
  expect(await command("restore", ["--from", backup], env)).toMatchObject({ code: 0 });
  const again = await startServerProcess(elsewhere, env);
  await expect.poll(async () => (await again.request("/readyz")).status, { timeout: 30_000 }).toBe(200);
  const drillMs = Math.round(performance.now() - began);

  // Launches of before the restore are void.
  const found = audit(restored, { ...before, launched: new Set() });
  const megabytes = Math.round(statSync(backup).size / 2 ** 20);
  report(
    "R6",
    `${found.lost} of ${countOf(before)} lost, ${found.half} half applied, ${during} events during the backup of ${megabytes} MB, drill ${drillMs} ms`,
    `0, 0, > 0, ≤ ${DRILL_MS} ms`,
  );
  expect(found).toEqual({ lost: 0, half: 0 });
  expect(during).toBeGreaterThan(0);
  expect(drillMs).toBeLessThanOrEqual(DRILL_MS);
  expect((await again.install({ granted_permissions: [] })).status).toBe(200);
}, 600_000);

test("R6: with the wrong key the restore says which one is missing, and restores nothing", async () => {
  const { directory, server } = await startInstalled();
  const backup = join(directory, "backup.db");
  expect(await command("backup", ["--out", backup], server.env)).toMatchObject({ code: 0 });
  const restored = join(temporaryDirectory(), "tidemark.db");
  const wrong = {
    DATABASE_URL: `file:${restored}`,
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
  };
  const { code, err } = await command("restore", ["--from", backup], { ...server.env, ...wrong });
  report(
    "R6 wrong key",
    err
      .trim()
      .split(/[\r\n]+/)
      .at(-1)!,
    "names the key",
  );
  expect(code).toBe(1);
  expect(err).toContain('"k1"');
  expect(existsSync(restored)).toBe(false);
}, 120_000);

test("R6: a plain copy of the file of a running server is found out", async () => {
  const { directory, file, server } = await startInstalled();
  const installed = new Set(["late_1", "late_2", "late_3"]);
  // Nothing is uninstalled, which would empty the log into the file.
  for (const id of installed)
    expect((await server.install({ installed_app_id: id, instance_id: `inst_${id}` })).status).toBe(200);
  const copy = join(directory, "copy.db");
  copyFileSync(file, copy);
  const { lost } = audit(copy, { installed, launched: new Set(), uninstalled: new Set() });
  report("R6 control", `${lost} of ${installed.size} lost`, "> 0");
  expect(lost).toBeGreaterThan(0);
}, 120_000);

async function startInstalled() {
  const directory = temporaryDirectory();
  const server = await startServerProcess(directory);
  await server.install();
  return { directory, file: join(directory, "tidemark.db"), server };
}

/** A server whose database has grown for years. */
async function startWithHistory() {
  const { directory, file, server: first } = await startInstalled();
  process.kill(first.pid, "SIGTERM");
  await first.ended;
  const db = new SqliteDatabase(file);
  db.exec(`
    insert into received_events (idempotency_key, fingerprint, kind, installed_app_id, app_id, instance_id, outcome,
      deliveries, first_received_at, last_received_at, source_address, secret_index)
    with recursive number (n) as (select 1 union all select n + 1 from number where n < ${OLD_EVENTS})
    select 'install:old_' || n, hex(randomblob(32)), 'install', 'instapp_1', 'app_1', 'inst_1', 'duplicate', 1, n, n,
      '192.0.2.1', 0 from number`);
  db.close();
  return { directory, server: await startServerProcess(directory, first.env) };
}

function command(name: "backup" | "restore", args: string[], env: ServerProcess["env"]) {
  return runScript(name, args, { cwd: temporaryDirectory(), env });
}

function copyOf({ installed, launched, uninstalled }: Acknowledged): Acknowledged {
  return {
    installed: new Set(installed),
    launched: new Set(launched),
    uninstalled: new Set(uninstalled),
  };
}

function countOf({ installed, launched, uninstalled }: Acknowledged): number {
  return installed.size + launched.size + uninstalled.size;
}
