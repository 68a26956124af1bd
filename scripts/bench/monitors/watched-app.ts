import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import SqliteDatabase from "better-sqlite3";

import { CALLBACK_PATH, LAUNCH_PATH, PUBLIC_URL, startAppServer } from "../machine/app-server.ts";
import type { Answer, Instance, Told } from "./blnk-process.ts";

const BLNK_PROCESS = fileURLToPath(new URL("blnk-process.ts", import.meta.url));
const SCOPES = ["data:read", "data:write", "alerts:read", "alerts:write"];
const FIRST_CYCLE_MS = 15 * 60_000;

export type Cycle = {
  seconds: number;
  /** For how many of them the app stood in line for a processor. */
  waited: number;
  calls: number;
  least: number;
  loopDelayMs: number;
};

/** The app beside a Blnk of so many instances, an install on each with these monitors, all of them evaluated once. */
export async function startWatchedApp(
  folder: string,
  size: { installs: number; balances: number; latencyMs: number },
  monitorsFor: (instance: Instance) => object[],
) {
  const blnk = fork(BLNK_PROCESS, [size.installs, size.balances, size.latencyMs].map(String));
  const answer = async <T extends Answer>() => (await once(blnk, "message"))[0] as T;
  const tell = async <T extends Answer>(told: Told) => {
    const answered = answer<T>();
    blnk.send(told);
    return await answered;
  };
  const { api, instances } = await answer<Extract<Answer, { api: string }>>();
  const app = await startAppServer(folder, {
    env: { BLNK_API_URL: api, METRICS_PORT: "0", MONITOR_INTERVAL_SECONDS: "3600" },
  });
  const db = new SqliteDatabase(app.file, { timeout: 10_000 });
  const completed = (since: number) =>
    db
      .prepare<[number], { n: number }>("select count(*) as n from watches where completed_at >= ?")
      .get(since)!.n;
  const untilCompleted = async (since: number, ms: number) => {
    const until = Date.now() + ms;
    while (completed(since) < instances.length) {
      if (Date.now() > until)
        throw new Error(`${completed(since)} of ${instances.length} cycles ended in time.`);
      await sleep(50);
    }
  };

  const began = Date.now();
  for (const instance of instances) {
    const ids = await install(app.origin, instance);
    await importMonitors(app.origin, ids, monitorsFor(instance));
  }
  await untilCompleted(began, FIRST_CYCLE_MS);

  return {
    peakMemory: app.peakMemory,
    /** New rows in every instance, then one cycle of every install, all due at once. */
    async cycle(rows: number): Promise<Cycle> {
      await tell({ do: "move", rows });
      await tell({ do: "reset" });
      await readLoopDelay(app.listening);
      const since = Date.now();
      const waitedBefore = app.waitedMs();
      db.prepare("update jobs set due_at = ? where kind = 'watch' and state = 'queued'").run(since);
      await untilCompleted(since, FIRST_CYCLE_MS);
      const seconds = (Date.now() - since) / 1000;
      const waited = (app.waitedMs() - waitedBefore) / 1000;
      const loopDelayMs = await readLoopDelay(app.listening);
      const { calls, least } = await tell<Extract<Answer, { calls: number }>>({ do: "count" });
      return { seconds, waited, calls, least, loopDelayMs };
    },
    async stop(): Promise<void> {
      db.close();
      await app.stop();
      blnk.disconnect();
      await once(blnk, "exit");
    },
  };
}

type Ids = { installed_app_id: string; app_id: string; instance_id: string };

async function install(origin: string, { instance_id, api_key }: Instance): Promise<Ids> {
  const ids = { installed_app_id: `instapp_${instance_id}`, app_id: "app_bench", instance_id };
  const event = { ...ids, api_key, granted_permissions: SCOPES };
  await post(origin + CALLBACK_PATH, { ...event, idempotency_key: `install:${ids.installed_app_id}` });
  return ids;
}

async function importMonitors(origin: string, ids: Ids, monitors: object[]): Promise<void> {
  const launched = await post(origin + LAUNCH_PATH, ids);
  const { portal_url } = (await launched.json()) as { portal_url: string };
  const entered = await fetch(origin + portal_url.slice(PUBLIC_URL.length), {
    redirect: "manual",
    headers: { "sec-fetch-dest": "document" },
  });
  const cookie = entered.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  const { pathname } = new URL(entered.headers.get("location")!, PUBLIC_URL);
  const headers = { cookie, origin: PUBLIC_URL, "sec-fetch-site": "same-origin" };
  const imported = await post(`${origin}${pathname}/monitors/import`, { monitors }, headers);
  const { errors } = (await imported.json()) as { errors: object[] };
  if (errors.length > 0) throw new Error(`Monitors were refused: ${JSON.stringify(errors.slice(0, 3))}`);
}

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`${new URL(url).pathname.split("/")[2]} was answered with ${response.status}.`);
  return response;
}

/** The 99th percentile since it was last read; the ten milliseconds between two looks are part of it. */
async function readLoopDelay(listening: Record<string, unknown>): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${Number(listening["metrics_port"])}/metrics`);
  const [, seconds] = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(await response.text()) ?? [];
  return Number(seconds) * 1000;
}
