import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { installBody } from "#tests/support/blnk-payloads.ts";
import { startStandInCloud } from "#tests/support/stand-in-cloud.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";
import { startServerProcess } from "#tests/support/start-server-process.ts";

import { report } from "#tests/support/report.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const INSTALLS = 50;

test("S9: a clock that leaps 400 days ahead ends the session and starts no storm of jobs", async () => {
  const { set, cloud, server, openPage, clock } = await startWithClock();
  expect(await openPage()).toBe(200);
  // The control: so many calls are seen when every install has one due.
  expect(cloud.journal.length).toBeGreaterThanOrEqual(INSTALLS);
  const before = cloud.journal.length;
  set(400 * DAY);
  expect(await openPage()).toBe(401);
  await sleep(10_000);
  const calls = cloud.journal.length - before;
  report(
    "S9 +400 days",
    `session ended, ${calls} calls to Cloud in 10 s of ${INSTALLS} installs`,
    `≤ ${INSTALLS}`,
  );
  expect(calls).toBeLessThanOrEqual(INSTALLS);
  expect((await server.request("/readyz")).status).toBe(200);
  // The control: it is the server's clock that was set.
  expect(await clock()).toBeGreaterThan(Date.now() + 399 * DAY);
}, 120_000);

test("S9: a clock that goes back two hours, before or after a leap, lengthens no session", async () => {
  const { set, openPage, clock } = await startWithClock();
  set(-2 * HOUR);
  expect(await openPage()).toBe(200);
  expect(await clock()).toBeGreaterThan(Date.now() - MINUTE);
  // Sixteen minutes pass by the clock as it now stands; the session's fifteen are over.
  set(16 * MINUTE);
  expect(await openPage()).toBe(401);
  set(-2 * HOUR);
  expect(await openPage()).toBe(401);
  report("S9 −2 h", "0 sessions past their limit", "0");
}, 120_000);

/** The app with a wall clock that can be set while it runs, and installs whose jobs have all been done. */
async function startWithClock() {
  const directory = temporaryDirectory();
  const offsetFile = join(directory, "offset");
  const set = (ms: number) => writeFileSync(offsetFile, String(ms));
  set(0);
  const cloud = await startStandInCloud();
  const server = await startServerProcess(directory, {
    BLNK_API_URL: cloud.url,
    CLOCK_OFFSET_FILE: offsetFile,
    NODE_OPTIONS: `--import ${new URL("settable-clock.ts", import.meta.url).pathname}`,
  });
  await server.install();
  for (let index = 1; index < INSTALLS; index += 1)
    await server.install(
      installBody({ installed_app_id: `instapp_late_${index}`, instance_id: `inst_late_${index}` }),
    );
  const asked = () => new Set(cloud.journal.map(({ instanceIds }) => instanceIds[0])).size;
  await expect.poll(asked, { timeout: 30_000 }).toBe(INSTALLS);
  const session = await server.enter();
  const openPage = async () =>
    (await server.request(`${session.page}/activity`, { headers: { cookie: session.cookie } })).status;
  /** The server's own time, by when it says that an event came. */
  const clock = async () => {
    await server.install({ installed_app_id: "instapp_now", instance_id: "inst_now" });
    const db = new SqliteDatabase(join(directory, "tidemark.db"), { readonly: true });
    const at = db.prepare("select max(last_received_at) from received_events").pluck().get() as number;
    db.close();
    return at;
  };
  return { set, cloud, server, openPage, clock };
}
