import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import SqliteDatabase from "better-sqlite3";

import { harmingEnvironment } from "../control/harm.ts";
import { startAppServer } from "../machine/app-server.ts";
import { enterPortal, importMonitors, install } from "../machine/portal-session.ts";
import type { Said, Told } from "./generated-blnk.ts";

const BLNK = fileURLToPath(new URL("generated-blnk.ts", import.meta.url));
const INTERVAL_S = 5;

/** The app beside a Cloud of ledgers of any size: `busy`, with these monitors, and `quiet`, of which others must not be late. */
export async function openBusyLedger(folder: string, { latencyMs }: { latencyMs: number }) {
  const blnk = fork(BLNK, [String(latencyMs)], { env: { ...process.env, ...harmingEnvironment() } });
  const [{ api }] = (await once(blnk, "message")) as [Extract<Said, { api: string }>];
  const start = () =>
    startAppServer(folder, {
      env: {
        BLNK_API_URL: api,
        METRICS_PORT: "0",
        MONITOR_INTERVAL_SECONDS: String(INTERVAL_S),
      },
    });
  let app = await start();
  const db = new SqliteDatabase(app.file, { timeout: 20_000 });
  const idOf = (instance: string) => `instapp_${instance}`;

  const world = {
    db,
    idOf,
    peakMemory: () => app.peakMemory(),
    busyMs: () => app.busyMs(),
    loopDelayMs: async () => {
      const port = Number(app.listening["metrics_port"]);
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1]) * 1000;
    },
    async book(instance: string, booked: { from: number; until: number; rows: number }) {
      const said = once(blnk, "message");
      blnk.send({ do: "book", instance, ...booked } satisfies Told);
      return (await said)[0] as Extract<Said, { pages: number }>;
    },
    async watch(instance: string, monitors: object[]) {
      const ids = await install(app.origin, { instance_id: instance, api_key: `blnk_${instance}` });
      await importMonitors(await enterPortal(app.origin, ids), monitors);
    },
    /** Until its monitors have been evaluated after a moment; answers when they were. */
    async untilEvaluated(instance: string, since: number, ms: number): Promise<number> {
      const until = Date.now() + ms;
      const query = db.prepare<[string], { at: number | null; problems: number }>(
        "select min(coalesce(evaluated_at, 0)) as at, count(problem) as problems from monitors where installed_app_id = ?",
      );
      for (;;) {
        const { at, problems } = query.get(idOf(instance))!;
        if ((at ?? 0) >= since && problems === 0) return at!;
        if (Date.now() > until) throw new Error(`${instance} was not evaluated in time.`);
        await sleep(50);
      }
    },
    /** As if the server had been down so long. */
    async downFor(ms: number) {
      await app.stop();
      db.prepare('UPDATE "watches" SET rows_until = rows_until - ?').run(ms);
      db.prepare("update monitors set watching_since = watching_since - 2 * ?").run(ms);
      db.prepare("delete from seen_rows").run();
    },
    async startAgain() {
      app = await start();
    },
    async stop() {
      db.close();
      await app.stop();
      blnk.disconnect();
      await once(blnk, "exit");
    },
  };
  return world;
}
