import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import SqliteDatabase from "better-sqlite3";

import { harmingEnvironment } from "../control/harm.ts";
import { startAppServer } from "../machine/app-server.ts";
import { enterPortal, importMonitors, install, type PortalSession } from "../machine/portal-session.ts";
import { monitorsOfAllKinds } from "../monitors/bench-monitors.ts";
import { type CallInterval, longestRow, openMs } from "./call-intervals.ts";
import type { Ready } from "./cloud-process.ts";

const CLOUD_PROCESS = fileURLToPath(new URL("cloud-process.ts", import.meta.url));
const SETTLED_WITHIN_MS = 60_000;

/** One page, as whoever asked for it and Cloud saw it. */
export type Visit = {
  /** Until its last byte, without the time in which a Cloud call was open. */
  ownMs: number;
  /** For how much of the whole time the app stood in line for a processor. */
  waitedMs: number;
  calls: number;
  row: number;
};

/** The app beside a Cloud that takes its time, installed on so many instances; the first has monitors. */
export async function startVisitedApp(folder: string, size: { instances: number; latencyMs: number }) {
  const cloud = fork(CLOUD_PROCESS, [size.instances, size.latencyMs].map(String), {
    env: { ...process.env, ...harmingEnvironment() },
  });
  const [{ api, instances, paths }] = (await once(cloud, "message")) as [Ready];
  const takeCalls = async () => {
    const answered = once(cloud, "message");
    cloud.send("calls");
    return (await answered)[0] as CallInterval[];
  };
  const app = await startAppServer(folder, {
    env: { BLNK_API_URL: api, MONITOR_INTERVAL_SECONDS: "3600", PORTAL_SESSION_MINUTES: "60" },
  });
  const sessions: PortalSession[] = [];
  for (const instance of instances)
    sessions.push(await enterPortal(app.origin, await install(app.origin, instance)));
  await importMonitors(sessions[0]!, monitorsOfAllKinds(instances[0]!));
  const monitorId = await untilSettled(app.file);

  const agent = new Agent({ keepAlive: true });
  return {
    paths: { ...paths, monitor: `monitors/${monitorId}` } as Record<string, string>,
    sessions,
    /** Reads a page whole; nobody else asks for anything meanwhile. */
    async visit({ origin, home, cookie }: PortalSession, path: string): Promise<Visit> {
      await takeCalls();
      const waitedBefore = app.waitedMs();
      const began = performance.now();
      await readPage(agent, `${origin}${home}${path && `/${path}`}`, cookie);
      const ms = performance.now() - began;
      const waitedMs = app.waitedMs() - waitedBefore;
      const calls = await takeCalls();
      return { ownMs: ms - openMs(calls), waitedMs, calls: calls.length, row: longestRow(calls) };
    },
    async stop(): Promise<void> {
      agent.destroy();
      await app.stop();
      cloud.disconnect();
      await once(cloud, "exit");
    },
  };
}

/** Until all keys are proven and the monitors were evaluated, after which only pages call Cloud; answers a monitor's id. */
async function untilSettled(file: string): Promise<string> {
  const db = new SqliteDatabase(file, { readonly: true, timeout: 10_000 });
  const unproven = db.prepare<[], { n: number }>(
    "select count(*) as n from installs where key_state = 'unverified'",
  );
  const evaluated = db.prepare<[], { id: string }>(
    "select id from monitors where evaluated_at is not null limit 1",
  );
  const until = Date.now() + SETTLED_WITHIN_MS;
  try {
    for (;;) {
      const monitor = evaluated.get();
      if (unproven.get()!.n === 0 && monitor) return monitor.id;
      if (Date.now() > until) throw new Error("The app did not settle in time.");
      await sleep(100);
    }
  } finally {
    db.close();
  }
}

function readPage(agent: Agent, url: string, cookie: string): Promise<void> {
  const headers = { cookie, "sec-fetch-dest": "iframe", "accept-encoding": "gzip, br" };
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      const ended = () =>
        response.statusCode === 200
          ? resolve()
          : reject(new Error(`${url} was answered with ${response.statusCode}.`));
      response.on("end", ended).on("error", reject).resume();
    }).on("error", reject);
  });
}
