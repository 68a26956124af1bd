import { describe, expect, test } from "vitest";

import {
  cancelJobs,
  claimJobs,
  ensureJob,
  enqueueJob,
  failJob,
  finishJob,
  type Job,
  type NewJob,
  recoverInterrupted,
  releaseJob,
  retryJob,
} from "#app/platform/jobs/jobs.server.ts";
import type { CloudClock } from "#app/platform/blnk/transport/cloud-clock.ts";
import { createSweeper } from "#app/platform/jobs/sweep.server.ts";
import { NOON, openWorld, type World } from "#tests/support/open-world.ts";
import { jobContext } from "#tests/support/job-context.ts";

const JOB: NewJob = { kind: "count", installed_app_id: "instapp_1", generation: 1, due_at: NOON };

const enqueue = (world: World, job: Partial<NewJob> = {}) =>
  world.db.write((tx) => enqueueJob(tx, { ...JOB, ...job }, world.clock.now()));
const claim = (world: World, { limit = 10, installLimit = 100, running = [] as Job[] } = {}) =>
  world.db.write((tx) => claimJobs(tx, { limit, installLimit, running, now: world.clock.now() }));
const restart = (world: World) => world.db.write((tx) => recoverInterrupted(tx, world.clock.now()));
const rows = (world: World) => world.db.read.selectFrom("jobs").selectAll().orderBy("id").execute();

const withCloudTime = ({ db, clock }: World, cloudClock: CloudClock) => ({
  db,
  clock,
  cloud: { clock: cloudClock },
});

describe("asking", () => {
  test("there is one open job of a kind for an install; asking again brings it forward, never back", async () => {
    const world = await openWorld();
    await enqueue(world, { due_at: NOON + 5000 });
    await enqueue(world, { due_at: NOON + 9000 });
    expect(await rows(world)).toMatchObject([{ due_at: NOON + 5000 }]);
    await enqueue(world, { due_at: NOON + 1000 });
    expect(await rows(world)).toMatchObject([{ due_at: NOON + 1000 }]);
  });

  test("another kind, another install and the platform's own are jobs of their own", async () => {
    const world = await openWorld();
    await enqueue(world);
    await enqueue(world, { kind: "other" });
    await enqueue(world, { installed_app_id: "instapp_2" });
    await enqueue(world, { installed_app_id: null, generation: null });
    expect(await rows(world)).toHaveLength(4);
  });

  test("asking while the job runs has it run once more after that, not at the same time", async () => {
    const world = await openWorld();
    await enqueue(world);
    const [job] = await claim(world);
    await enqueue(world);
    expect(await claim(world)).toEqual([]);
    await world.db.write((tx) => finishJob(tx, job!, undefined, NOON));
    const [again, ...others] = await claim(world);
    expect([again?.id, others]).toEqual([job!.id, []]);
    await world.db.write((tx) => finishJob(tx, again!, undefined, NOON));
    expect(await rows(world)).toMatchObject([{ state: "finished" }]);
  });

  test("a job whose last one has ended may be asked for again", async () => {
    const world = await openWorld();
    await enqueue(world);
    const [job] = await claim(world);
    await world.db.write((tx) => finishJob(tx, job!, undefined, NOON));
    await enqueue(world);
    expect((await rows(world)).map(({ state }) => state)).toEqual(["finished", "queued"]);
  });
});

describe("claiming", () => {
  test("only what is due is taken, the longest due first, up to the limit", async () => {
    const world = await openWorld();
    await enqueue(world, { kind: "late", due_at: NOON - 1 });
    await enqueue(world, { kind: "later", due_at: NOON - 5 });
    await enqueue(world, { kind: "future", due_at: NOON + 1 });
    const jobs = await claim(world, { limit: 1 });
    expect(jobs.map(({ kind }) => kind)).toEqual(["later"]);
    expect((await claim(world)).map(({ kind }) => kind)).toEqual(["late"]);
    expect(await claim(world)).toEqual([]);
  });

  test("no job is taken twice by claims at once", async () => {
    const world = await openWorld();
    for (let index = 0; index < 30; index += 1) await enqueue(world, { kind: `k${index}` });
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(world, { limit: 7 })));
    const ids = claims.flat().map(({ id }) => id);
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
  });

  test("one install never holds more than its share, and the others are not kept waiting by it", async () => {
    const world = await openWorld();
    for (const subject of ["a", "b", "c", "d"]) await enqueue(world, { subject, due_at: NOON - 1 });
    await enqueue(world, { installed_app_id: "instapp_2" });
    const jobs = await claim(world, { installLimit: 2 });
    expect(Map.groupBy(jobs, ({ installed_app_id }) => installed_app_id).get("instapp_1")).toHaveLength(2);
    expect(jobs).toHaveLength(3);
    expect(await claim(world, { installLimit: 2, running: jobs })).toEqual([]);
  });

  test("a job whose lease ran out is taken again, unless the worker still runs it", async () => {
    const world = await openWorld();
    await enqueue(world);
    const [job] = await claim(world);
    world.advance(60_001);
    expect(await claim(world, { running: [job!] })).toEqual([]);
    expect(await claim(world)).toMatchObject([{ id: job!.id, attempts: 2 }]);
  });

  test("what was interrupted by a crash is taken again after a restart", async () => {
    const world = await openWorld();
    await enqueue(world);
    await claim(world);
    expect(await claim(world)).toEqual([]);
    await restart(world);
    expect(await claim(world)).toHaveLength(1);
  });
});

describe("sweeping", () => {
  test("goes on batch by batch until nothing has outlived its time, and spares the rest", async () => {
    const world = await openWorld();
    for (let index = 0; index < 450; index += 1) await enqueue(world, { subject: `${index}` });
    await enqueue(world, { kind: "other" });
    await world.db.write((tx) =>
      tx
        .updateTable("jobs")
        .set({ state: "finished", finished_at: NOON })
        .where("kind", "=", "count")
        .execute(),
    );
    world.advance(31 * 86_400_000);
    const left: number[] = [];
    const db = {
      ...world.db,
      write: async (...given: Parameters<typeof world.db.write>) => {
        const answer = await world.db.write(...given);
        left.push((await rows(world)).length);
        return answer;
      },
    } as World["db"];
    const cloudClock = { now: world.clock.now, skewMs: () => 0 };
    await createSweeper(withCloudTime({ ...world, db }, cloudClock))({} as Job, jobContext());
    expect([...new Set(left)]).toEqual([451, 251, 51, 1]);
    expect(await rows(world)).toMatchObject([{ kind: "other" }]);
  });
});

describe("a sweep and the clock", () => {
  const DAY = 86_400_000;
  const sweepOnce = async (cloudClock: CloudClock) => {
    const world = await openWorld();
    await enqueue(world);
    await world.db.write((tx) =>
      tx.updateTable("jobs").set({ state: "finished", finished_at: NOON }).execute(),
    );
    world.advance(400 * DAY);
    const next = await createSweeper(withCloudTime(world, cloudClock))({} as Job, jobContext());
    return { kept: (await rows(world)).length, wait: next!.due_at - world.clock.now() };
  };

  test("goes by Cloud's time, not by a clock that leaped", async () => {
    expect(await sweepOnce({ now: () => NOON + DAY, skewMs: () => 399 * DAY })).toMatchObject({ kept: 1 });
    expect(await sweepOnce({ now: () => NOON + 31 * DAY, skewMs: () => 369 * DAY })).toMatchObject({
      kept: 0,
    });
  });

  test("deletes nothing before Cloud's time is known, and looks again in a minute", async () => {
    expect(await sweepOnce({ now: () => NOON + 400 * DAY, skewMs: () => undefined })).toEqual({
      kept: 1,
      wait: 60_000,
    });
  });
});

describe("what ends the process", () => {
  test("a job that was interrupted at five tries is parked, and no start asks for it again", async () => {
    const world = await openWorld();
    await enqueue(world);
    for (let tries = 1; tries <= 5; tries += 1) {
      expect(await claim(world)).toMatchObject([{ attempts: tries }]);
      await restart(world);
    }
    const [row] = await rows(world);
    expect(row).toMatchObject({ state: "parked", open_key: null, last_error: "interrupted" });
    await world.db.write((tx) => ensureJob(tx, JOB, NOON));
    expect(await rows(world)).toEqual([row]);

    await world.db.write((tx) => retryJob(tx, row!.id, NOON));
    expect(await claim(world)).toMatchObject([{ id: row!.id, attempts: 1 }]);
  });

  test("a start asks again for what was parked because it failed, and for what an older generation left", async () => {
    const world = await openWorld();
    await world.db.write(async (tx) => {
      await enqueueJob(tx, JOB, NOON);
      await enqueueJob(tx, { ...JOB, installed_app_id: "instapp_2" }, NOON);
      await tx.updateTable("jobs").set({ state: "running", attempts: 5 }).execute();
    });
    const [failing] = (await rows(world)) as unknown as Job[];
    await world.db.write((tx) => failJob(tx, failing!, "unexpected", { now: NOON, jitter: 0 }));
    await restart(world);
    expect((await rows(world)).map(({ last_error }) => last_error)).toEqual(["unexpected", "interrupted"]);
    await world.db.write(async (tx) => {
      await ensureJob(tx, JOB, NOON);
      await ensureJob(tx, { ...JOB, installed_app_id: "instapp_2", generation: 2 }, NOON);
    });
    expect((await rows(world)).map(({ state }) => state)).toEqual(["parked", "parked", "queued", "queued"]);
  });

  test("a job that is handed back has not been tried, however often that happens", async () => {
    const world = await openWorld();
    await enqueue(world);
    for (let round = 0; round < 8; round += 1) {
      const [job] = await claim(world);
      expect(job).toMatchObject({ attempts: 1 });
      await world.db.write((tx) => releaseJob(tx, job!, NOON));
      await restart(world);
    }
    expect(await rows(world)).toMatchObject([{ state: "queued", attempts: 0 }]);
  });

  test("those that only ran beside it are tried one at a time, and none of them is parked with it", async () => {
    const world = await openWorld();
    for (const subject of ["innocent", "fatal", "bystander"]) await enqueue(world, { subject });
    const fatal = 2;
    const together: number[] = [];
    for (let process = 1; process <= 20; process += 1) {
      const running: Job[] = [];
      for (;;) {
        const claimed = await claim(world, { running });
        running.push(...claimed);
        together.push(claimed.length);
        if (claimed.length === 0 || claimed.some(({ id }) => id === fatal)) break;
        for (const job of running.splice(0))
          await world.db.write((tx) => finishJob(tx, job, undefined, NOON));
      }
      await restart(world);
    }
    expect(together.slice(0, 3)).toEqual([3, 3, 1]);
    expect(await rows(world)).toMatchObject([
      { state: "finished" },
      { state: "parked", last_error: "interrupted" },
      { state: "finished" },
    ]);
  });
});

describe("ending", () => {
  test("a job that says when to run next is queued for then, with its payload and fresh attempts", async () => {
    const world = await openWorld();
    await enqueue(world);
    const [job] = await claim(world);
    await world.db.write((tx) => finishJob(tx, job!, { due_at: NOON + 70, payload: { round: 2 } }, NOON));
    expect(await rows(world)).toMatchObject([
      { state: "queued", due_at: NOON + 70, payload: '{"round":2}', attempts: 0, lease_until: null },
    ]);
    world.advance(70);
    expect(await claim(world)).toMatchObject([{ payload: { round: 2 } }]);
  });

  test("a failing job is put back with a growing, jittered delay, and parked after five tries", async () => {
    const world = await openWorld();
    await enqueue(world);
    const delays = [];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const [job] = await claim(world);
      await world.db.write((tx) => failJob(tx, job!, "unexpected", { now: world.clock.now(), jitter: 0.5 }));
      const [row] = await rows(world);
      if (row!.state === "queued") delays.push(row!.due_at - world.clock.now());
      world.advance(row!.due_at - world.clock.now());
    }
    expect(delays).toEqual([4000, 16_000, 64_000, 256_000]);
    expect(await rows(world)).toMatchObject([{ state: "parked", open_key: null, last_error: "unexpected" }]);
  });

  test("cancelling ends the open jobs of one install for good", async () => {
    const world = await openWorld();
    await enqueue(world);
    await enqueue(world, { kind: "queued" });
    await enqueue(world, { installed_app_id: "instapp_2" });
    const [running] = await claim(world, { limit: 1 });
    await world.db.write((tx) => cancelJobs(tx, "instapp_1", NOON));
    await world.db.write((tx) => finishJob(tx, running!, { due_at: NOON, payload: {} }, NOON));
    await world.db.write((tx) => failJob(tx, running!, "unexpected", { now: NOON, jitter: 0 }));
    expect((await rows(world)).map(({ state }) => state)).toEqual(["cancelled", "cancelled", "queued"]);
  });

  test("a run that lost its lease cannot write over the run that took it", async () => {
    const world = await openWorld();
    await enqueue(world);
    const [first] = await claim(world);
    world.advance(60_001);
    await claim(world);
    await world.db.write((tx) => finishJob(tx, first!, undefined, world.clock.now()));
    expect(await rows(world)).toMatchObject([{ state: "running", attempts: 2 }]);
  });
});
