import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import SqliteDatabase from "better-sqlite3";

import { openDatabase } from "#db/database.server.ts";

import { type BenchOptions, type Figure, judge } from "../figure.ts";
import { CALLBACK_PATH, LAUNCH_PATH, startAppServer } from "../machine/app-server.ts";
import { type Load, postLoad } from "../machine/load.ts";
import { startQuietCloud } from "../machine/quiet-cloud.ts";
import { median, spread } from "../machine/statistics.ts";
import { takeTurns } from "../machine/take-turns.ts";
import { folderOf, INSTALL } from "./callbacks.ts";

const RECORD_STATEMENTS = fileURLToPath(new URL("../machine/record-statements.ts", import.meta.url));

/** P6: what a callback costs when the ledger has grown, and that no statement reads a whole table for it. */
export async function measureLedgerSize(folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  const cloud = await startQuietCloud();
  const statements = join(folder, "statements.txt");
  const start = async (name: string, size: { events: number; installs: number }) => {
    const path = folderOf(folder, name);
    await fill(join(path, "tidemark.db"), size);
    const env = { BLNK_API_URL: cloud.url, STATEMENTS: statements };
    return await startAppServer(path, { env, flags: ["--import", RECORD_STATEMENTS] });
  };
  const small = await start("small", { events: 1000, installs: 10 });
  const large = await start(
    "large",
    quick ? { events: 100_000, installs: 500 } : { events: 1_000_000, installs: 5000 },
  );
  const under = (server: typeof small) => ({
    pause: server.pause,
    resume: server.resume,
    slice: async () => {
      await launchOnce(server.origin);
      return await postLoad(server.origin + CALLBACK_PATH, INSTALL, {
        seconds: quick ? 2 : 4,
        connections: 10,
      });
    },
  });
  const slices = await takeTurns<Load>(
    [
      { name: "small", ...under(small) },
      { name: "large", ...under(large) },
    ],
    quick ? 3 : 9,
  );
  await Promise.all([small.stop(), large.stop()]);
  await cloud.close();
  const scans = findScans(large.file, statements);
  const p99 = (name: string) => slices[name]!.map((slice) => slice.p99);
  const scanned = scans.length === 0 ? "no plan scans a table" : `scanned: ${scans.join("; ")}`;
  return [
    judge({
      id: "P6",
      name: "callback p99 with 1,000,000 events and 5,000 installs, against 1,000 and 10",
      figure: scans.length === 0 ? median(p99("large")) / median(p99("small")) : Number.NaN,
      unit: "×",
      most: 1.2,
      detail: `large ${median(p99("large")).toFixed(1)} ms (${spread(p99("large"), 1)}), small ${median(p99("small")).toFixed(1)} ms (${spread(p99("small"), 1)}); ${scanned}`,
    }),
  ];
}

async function launchOnce(origin: string): Promise<void> {
  const ids = { installed_app_id: "instapp_old_1", app_id: "app_bench", instance_id: "inst_old_1" };
  const response = await fetch(origin + LAUNCH_PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(ids),
  });
  if (!response.ok) throw new Error(`A launch was answered with ${response.status}.`);
}

/** Years of deliveries to as many installs, written without the app: it would take hours. */
async function fill(file: string, { events, installs }: { events: number; installs: number }): Promise<void> {
  await (await openDatabase(`file:${file}`, { now: Date.now() })).close();
  const db = new SqliteDatabase(file);
  const numbers = (count: number) =>
    `with recursive number(n) as (select 1 union all select n + 1 from number where n < ${count})`;
  const now = Date.now();
  db.transaction(() => {
    db.exec(`${numbers(events)} insert into received_events (idempotency_key, fingerprint, kind, installed_app_id, app_id,
      instance_id, outcome, deliveries, first_received_at, last_received_at, source_address, secret_index)
      select 'install:old_' || n, hex(randomblob(32)), 'install', 'instapp_old_' || (n % ${installs} + 1), 'app_bench',
      'inst_old_' || (n % ${installs} + 1), 'duplicate', 1, ${now} - n * 1000, ${now} - n * 1000, '192.0.2.1', 0 from number`);
    db.exec(`${numbers(installs)} insert into installs (installed_app_id, app_id, instance_id, state, generation,
      granted_permissions, key_state, key_state_at, installed_at, updated_at)
      select 'instapp_old_' || n, 'app_bench', 'inst_old_' || n, 'active', 1, '[]', 'working', ${now}, ${now}, ${now} from number`);
    db.exec(`${numbers(events / 2)} insert into activity (installed_app_id, at, action, result)
      select 'instapp_old_' || (n % ${installs} + 1), ${now} - n * 1000, 'portal.launched', 'opened' from number`);
    db.exec(`${numbers(events / 2)} insert into jobs (kind, installed_app_id, generation, payload, state, due_at, attempts,
      created_at, finished_at) select 'prove_key', 'instapp_old_' || (n % ${installs} + 1), 1, '{}', 'finished', ${now},
      1, ${now}, ${now} from number`);
  })();
  db.exec("analyze");
  db.close();
}

/** Statements whose plan reads all of a table that grows with use. */
function findScans(file: string, statements: string): string[] {
  const grown = ["received_events", "installs", "install_keys", "activity", "jobs", "launches"];
  const db = new SqliteDatabase(file, { readonly: true });
  const texts = new Set(
    JSON.parse(`[${readFileSync(statements, "utf8").trim().split("\n").join(",")}]`) as string[],
  );
  const scans: string[] = [];
  for (const text of texts) {
    if (!/^(select|insert|update|delete)/.test(text)) continue;
    const parameters = Array.from({ length: text.split("?").length - 1 }, () => null);
    const plan = db.prepare(`explain query plan ${text}`).all(...parameters) as { detail: string }[];
    const scan = plan.find(({ detail }) =>
      grown.some((table) => new RegExp(`^SCAN ${table}(?! USING)`).test(detail)),
    );
    if (scan) scans.push(`${scan.detail}: ${text.slice(0, 120)}`);
  }
  db.close();
  return scans;
}
