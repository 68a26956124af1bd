import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import SqliteDatabase from "better-sqlite3";

import { harmingEnvironment } from "../control/harm.ts";
import { startAppServer } from "../machine/app-server.ts";
import { enterPortal, importMonitors, install } from "../machine/portal-session.ts";
import type { Answer, Instance, Told } from "./blnk-process.ts";

const BLNK_PROCESS = fileURLToPath(new URL("blnk-process.ts", import.meta.url));
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
  const blnk = fork(BLNK_PROCESS, [size.installs, size.balances, size.latencyMs].map(String), {
    env: { ...process.env, ...harmingEnvironment() },
  });
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
    const session = await enterPortal(app.origin, await install(app.origin, instance));
    await importMonitors(session, monitorsFor(instance));
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

/** The 99th percentile since it was last read; the ten milliseconds between two looks are part of it. */
async function readLoopDelay(listening: Record<string, unknown>): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${Number(listening["metrics_port"])}/metrics`);
  const [, seconds] = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(await response.text()) ?? [];
  return Number(seconds) * 1000;
}
