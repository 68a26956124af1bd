import { setTimeout as sleep } from "node:timers/promises";

import { expect, onTestFinished, test } from "vitest";

import { DomainError } from "#app/platform/errors.ts";
import { cancelJobs, enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import { createWorker, type JobHandler, type WorkerLimits } from "#app/platform/jobs/worker.server.ts";
import { NOON, openWorld } from "#tests/support/open-world.ts";

const WAIT = { timeout: 10_000, interval: 10 };

async function openWorker(handlers: Record<string, JobHandler>, options?: WorkerLimits) {
  const world = await openWorld();
  const worker = createWorker(world, handlers, options);
  onTestFinished(() => worker.stop());
  const enqueue = async (kind: string, installed_app_id: string | null = "instapp_1") => {
    await world.db.write((tx) =>
      enqueueJob(tx, { kind, installed_app_id, generation: 1, due_at: world.clock.now() }, NOON),
    );
    worker.wake();
  };
  const states = async () =>
    (await world.db.read.selectFrom("jobs").select("state").orderBy("id").execute()).map(
      ({ state }) => state,
    );
  return { ...world, worker, enqueue, states, advance: world.advance };
}

test("a due job is run once and finished", async () => {
  const ran: number[] = [];
  const { worker, enqueue, states } = await openWorker({
    async count(job) {
      ran.push(job.id);
      return undefined;
    },
  });
  await worker.start();
  await enqueue("count");
  await expect.poll(states, WAIT).toEqual(["finished"]);
  expect(ran).toHaveLength(1);
});

test("jobs that were due while the server was down run once each, not once for each time missed", async () => {
  let runs = 0;
  const { worker, enqueue, states, advance, openJobs, clock } = await openWorker({
    async repeat() {
      runs += 1;
      return { due_at: clock.now() + 60_000, payload: {} };
    },
  });
  await enqueue("repeat");
  advance(400 * 86_400_000);
  await worker.start();
  await expect.poll(async () => (await openJobs())[0]?.due_at, WAIT).toBe(clock.now() + 60_000);
  await sleep(100);
  expect(runs).toBe(1);
  expect(await states()).toEqual(["queued"]);
});

test("a job that outlives its lease, or a leap of the clock, is not run a second time beside itself", async () => {
  let runs = 0;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { worker, enqueue, states, advance } = await openWorker({
    async slow() {
      runs += 1;
      await released;
      return undefined;
    },
  });
  await worker.start();
  await enqueue("slow");
  await expect.poll(() => runs, WAIT).toBe(1);
  advance(400 * 86_400_000);
  for (let looks = 0; looks < 5; looks += 1) {
    worker.wake();
    await sleep(30);
  }
  expect(runs).toBe(1);
  release();
  await expect.poll(states, WAIT).toEqual(["finished"]);
});

test("never more jobs run at once than the worker may", async () => {
  let running = 0;
  let most = 0;
  const { worker, enqueue, states } = await openWorker(
    {
      async busy() {
        running += 1;
        most = Math.max(most, running);
        await sleep(10);
        running -= 1;
        return undefined;
      },
    },
    { concurrency: 3 },
  );
  for (let index = 0; index < 10; index += 1) await enqueue("busy", `instapp_${index}`);
  await worker.start();
  await expect.poll(async () => (await states()).every((state) => state === "finished"), WAIT).toBe(true);
  expect(most).toBe(3);
});

test("a job that waits for another machine leaves its slot to the next, up to a limit, and counts again after", async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const began: string[] = [];
  const { worker, enqueue, states } = await openWorker(
    {
      async waits(job, { leaveSlot }) {
        began.push(job.installed_app_id!);
        const takeSlot = leaveSlot();
        await answered;
        takeSlot();
        return undefined;
      },
    },
    { concurrency: 2, waiting: 3 },
  );
  await worker.start();
  for (let index = 0; index < 8; index += 1) await enqueue("waits", `instapp_${index}`);
  await expect.poll(() => began.length, WAIT).toBe(5);
  worker.wake();
  await sleep(50);
  expect(began).toHaveLength(5);
  answer();
  await expect.poll(async () => (await states()).every((state) => state === "finished"), WAIT).toBe(true);
});

test("a job that throws is put back with the code of its error, and others go on", async () => {
  const { worker, enqueue, states, db } = await openWorker({
    broken: async () => {
      throw new DomainError("broken_on_purpose", "no");
    },
    fine: async () => undefined,
  });
  await worker.start();
  await enqueue("broken");
  await enqueue("fine");
  await expect.poll(states, WAIT).toEqual(["queued", "finished"]);
  expect(
    await db.read.selectFrom("jobs").select("last_error").where("kind", "=", "broken").execute(),
  ).toEqual([{ last_error: "broken_on_purpose" }]);
});

test("a kind that nobody handles is put back, not lost", async () => {
  const { worker, enqueue, db } = await openWorker({});
  await worker.start();
  await enqueue("unheard_of");
  await expect
    .poll(() => db.read.selectFrom("jobs").select(["state", "last_error"]).executeTakeFirst(), WAIT)
    .toEqual({ state: "queued", last_error: "unknown_kind" });
});

test("aborting an install's jobs stops what runs for it and nothing else, and its result is dropped", async () => {
  const aborted: string[] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { worker, enqueue, states, db } = await openWorker({
    async wait(job, { signal }) {
      signal.addEventListener("abort", () => aborted.push(job.installed_app_id!));
      await Promise.race([released, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
      return undefined;
    },
  });
  await worker.start();
  await enqueue("wait", "instapp_1");
  await enqueue("wait", "instapp_2");
  await expect.poll(states, WAIT).toEqual(["running", "running"]);
  await db.write((tx) => cancelJobs(tx, "instapp_1", NOON));
  worker.abort("instapp_1");
  release();
  await expect.poll(states, WAIT).toEqual(["cancelled", "finished"]);
  expect(aborted).toEqual(["instapp_1"]);
});

test("stopping aborts what runs, waits for it, claims nothing more, and a restart takes it up again", async () => {
  let runs = 0;
  const { worker, enqueue, states } = await openWorker({
    async long(_job, { signal }) {
      runs += 1;
      if (runs > 1) return undefined;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw signal.reason;
    },
  });
  await worker.start();
  await enqueue("long");
  await expect.poll(states, WAIT).toEqual(["running"]);
  await worker.stop();
  await enqueue("long", "instapp_2");
  await sleep(50);
  expect(await states()).toEqual(["queued", "queued"]);
  expect(runs).toBe(1);
  await worker.start();
  await expect.poll(states, WAIT).toEqual(["finished", "finished"]);
});

test("a server that is stopped in good order again and again parks nothing that it ran", async () => {
  let runs = 0;
  const { worker, enqueue, db } = await openWorker({
    async long(_job, { signal }) {
      runs += 1;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw signal.reason;
    },
  });
  await enqueue("long");
  for (let starts = 1; starts <= 7; starts += 1) {
    await worker.start();
    await expect.poll(() => runs, WAIT).toBe(starts);
    await worker.stop();
  }
  expect(await db.read.selectFrom("jobs").select(["state", "attempts", "last_error"]).execute()).toEqual([
    { state: "queued", attempts: 0, last_error: null },
  ]);
});
