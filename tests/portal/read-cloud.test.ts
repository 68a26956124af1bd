import { expect, test } from "vitest";

import { createReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { launchToken, openBrowser } from "#tests/platform/sessions/browse.ts";
import { API_KEY } from "#tests/support/blnk-payloads.ts";
import { openWorld } from "#tests/support/open-world.ts";

/** The reads of a page that a session just opened, and what they logged. */
async function openPage({ granted = ["data:read"], keyState = "working", budgetMs = 8000 } = {}) {
  const world = await openWorld();
  await world.install({ granted_permissions: granted });
  await world.db.write((tx) =>
    tx
      .updateTable("installs")
      .set({ key_state: keyState as "working" })
      .execute(),
  );
  const { token, launchId } = await launchToken(world);
  const browser = openBrowser(world);
  await browser.enter({ token });
  const admission = await browser.open(`/portal/${launchId}`);
  if (admission.kind !== "session") throw new Error(`The browser was not let in: ${admission.kind}.`);

  const logged: object[] = [];
  const keep = (fields: object) => void logged.push(fields);
  const log = { debug: keep, info: keep, warn: keep, error: keep };
  const leave = new AbortController();
  const readCloud = createReadCloud(
    { ...world, log },
    admission.session,
    { id: "request-1", signal: leave.signal },
    budgetMs,
  );
  const readLedgers = () => readCloud("data:read", async ({ ledgers }) => (await ledgers.list()).rows);
  return { world, logged, readCloud, readLedgers, leave };
}

test("a block that was read has its value", async () => {
  const { readLedgers, world, logged } = await openPage();
  expect(await readLedgers()).toEqual({ kind: "ready", value: [] });
  expect(world.standIn.journal).toHaveLength(1);
  expect(logged).toEqual([]);
});

test("a block without its scope says which, and nothing is sent", async () => {
  const { readLedgers, world } = await openPage({ granted: ["alerts:read"] });
  expect(await readLedgers()).toEqual({ kind: "missing_scope", scope: "data:read" });
  expect(world.standIn.journal).toEqual([]);
});

test("with a rejected key nothing is sent", async () => {
  const { readLedgers, world } = await openPage({ keyState: "rejected" });
  expect(await readLedgers()).toEqual({ kind: "key_rejected" });
  expect(world.standIn.journal).toEqual([]);
});

test("a failure is a value in plain words, and the log finds it by the request's id", async () => {
  const { readLedgers, world, logged } = await openPage();
  world.standIn.answer(API_KEY, 403, '{"error":"internal detail blnk_secret"}');
  const reading = await readLedgers();
  expect(reading).toEqual({
    kind: "failed",
    message: "Blnk Cloud does not allow this install to do that",
    requestId: "request-1",
  });
  expect(logged).toEqual([
    expect.objectContaining({
      event: "cloud_read_failed",
      request_id: "request-1",
      code: "forbidden",
      status: 403,
    }),
  ]);
  expect(JSON.stringify({ reading, logged })).not.toContain("internal detail");
});

test("one block's failure leaves the others alone", async () => {
  const { readCloud, readLedgers } = await openPage();
  const failing = readCloud("data:read", () => Promise.reject(new TypeError("a bug of ours")));
  const [failed, ready] = await Promise.all([failing, readLedgers()]);
  expect(failed.kind).toBe("failed");
  expect(ready.kind).toBe("ready");
});

test("an error of our own is logged whole and shown without its words", async () => {
  const { readCloud, logged } = await openPage();
  const bug = new TypeError("cannot read blnk_secret of undefined");
  expect(await readCloud("data:read", () => Promise.reject(bug))).toEqual({
    kind: "failed",
    message: "Something went wrong in this app",
    requestId: "request-1",
  });
  expect(logged).toEqual([
    { event: "unexpected_error", request_id: "request-1", installed_app_id: "instapp_1", err: bug },
  ]);
});

test("all reads of a page share its time", async () => {
  const { readLedgers, world } = await openPage({ budgetMs: 150 });
  const release = world.standIn.holdAnswers();
  expect(await readLedgers()).toMatchObject({ kind: "failed", message: "Blnk Cloud did not answer in time" });
  release();
  const sent = world.standIn.journal.length;
  expect(await readLedgers()).toMatchObject({ kind: "failed", message: "Blnk Cloud did not answer in time" });
  expect(world.standIn.journal).toHaveLength(sent);
});

test("a person who leaves ends the page's reads, and that is nothing to log", async () => {
  const { readLedgers, world, logged, leave } = await openPage();
  const release = world.standIn.holdAnswers();
  const reading = readLedgers();
  await expect.poll(() => world.standIn.journal.length).toBe(1);
  leave.abort();
  expect(await reading).toMatchObject({ kind: "failed" });
  expect(logged).toEqual([]);
  release();
});
