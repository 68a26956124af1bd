import { performance } from "node:perf_hooks";

import type { Clock } from "#app/platform/clock.ts";
import { DomainError } from "#app/platform/errors.ts";
import type { Log } from "#app/platform/http/log.server.ts";
import type { Database } from "#db/database.server.ts";

import {
  claimJobs,
  failJob,
  finishJob,
  type Job,
  LEASE_MS,
  recoverInterrupted,
  releaseJob,
  renewLeases,
} from "./jobs.server.ts";

/** What a kind of job does. Answers when and with what to run again, or nothing when it is done; throws to be retried. */
export type JobHandler = (job: Job, context: JobContext) => Promise<NextRun | undefined>;
export type JobContext = {
  signal: AbortSignal;
  /** Leaves the job's slot to others while it waits for another machine; call what this answers when the wait is over. */
  leaveSlot: () => () => void;
};
export type NextRun = { due_at: number; payload: unknown };

export type Worker = {
  start(): Promise<void>;
  /** Looks for due jobs now, instead of at the next poll. */
  wake(): void;
  /** Aborts what runs for an install at this moment; its rows are the caller's to cancel. */
  abort(installedAppId: string): void;
  /** Claims nothing more, aborts what runs and waits for it. */
  stop(): Promise<void>;
};

export type WorkerLimits = {
  /** Jobs that run at once, those that wait for another machine aside. */
  concurrency?: number;
  /** Jobs that may wait beside those: each holds what it has read so far. */
  waiting?: number;
  installConcurrency?: number;
};

const POLL_MS = 1000;
// While requests keep the process busy, whoever waits for an answer comes before the jobs, which come so often at least.
const BUSY = 0.9;
const BUSY_POLL_MS = 250;

/** Due times live in the database, so nothing is lost at a crash and no timer drifts; polling is one indexed read. */
export function createWorker(
  { db, clock, log }: { db: Database; clock: Clock; log: Log },
  handlers: Record<string, JobHandler>,
  { concurrency = 8, waiting = 64, installConcurrency = 3 }: WorkerLimits = {},
): Worker {
  const running = new Map<Job, { controller: AbortController; waits: number; done: Promise<void> }>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let stopped = true;
  let renewedAt = performance.now();
  let load = performance.eventLoopUtilization();

  const lookAfter = (ms: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(lookNow, ms);
  };

  /** A job has ended: the next can begin, unless the process has had no moment to spare of late. */
  const lookAgain = () => {
    const { utilization } = performance.eventLoopUtilization(load);
    if (utilization > BUSY) lookAfter(BUSY_POLL_MS);
    else setImmediate(lookNow);
  };

  const lookNow = () => {
    clearTimeout(timer);
    if (stopped) return;
    load = performance.eventLoopUtilization();
    looking ??= look().finally(() => {
      looking = undefined;
      lookAfter(POLL_MS);
    });
  };

  const look = async () => {
    try {
      const limit = freeSlots();
      const jobs = [...running.keys()];
      const ids = jobs.map(({ id }) => id);
      if (ids.length > 0 && performance.now() - renewedAt > LEASE_MS / 3) {
        renewedAt = performance.now();
        await db.write((tx) => renewLeases(tx, ids, clock.now()));
      }
      if (limit <= 0 || !(await hasDueJob(db, ids, clock.now()))) return;
      for (const job of await db.write((tx) =>
        claimJobs(tx, { limit, installLimit: installConcurrency, running: jobs, now: clock.now() }),
      ))
        begin(job);
    } catch (err) {
      log.error({ event: "jobs_unreadable", err }, "jobs could not be claimed; trying again");
    }
  };

  const freeSlots = () => {
    const away = [...running.values()].filter(({ waits }) => waits > 0).length;
    return concurrency - running.size + Math.min(away, waiting);
  };

  const begin = (job: Job) => {
    const controller = new AbortController();
    const entry = { controller, waits: 0, done: Promise.resolve() };
    const leaveSlot = () => {
      entry.waits += 1;
      lookAgain();
      return () => void (entry.waits -= 1);
    };
    running.set(job, entry);
    entry.done = runJob({ db, clock, log }, handlers, job, {
      signal: controller.signal,
      leaveSlot,
    }).finally(() => {
      running.delete(job);
      lookAgain();
    });
  };

  return {
    async start() {
      for (const { id, ...job } of await db.write((tx) => recoverInterrupted(tx, clock.now())))
        log.error({ event: "job_parked", job_id: id, ...job }, "the process ended at each try of this job");
      stopped = false;
      lookNow();
    },
    wake: () => setImmediate(lookNow),
    abort(installedAppId) {
      for (const [job, { controller }] of running)
        if (job.installed_app_id === installedAppId) controller.abort();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
      for (const { controller } of running.values()) controller.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}

async function hasDueJob(db: Database, running: readonly number[], now: number): Promise<boolean> {
  const queued = await db.read
    .selectFrom("jobs")
    .select("id")
    .where("state", "=", "queued")
    .where("due_at", "<=", now)
    .limit(1)
    .execute();
  if (queued.length > 0) return true;
  const abandoned = await db.read
    .selectFrom("jobs")
    .select("id")
    .where("state", "=", "running")
    .where("lease_until", "<", now)
    .$if(running.length > 0, (query) => query.where("id", "not in", running))
    .limit(1)
    .execute();
  return abandoned.length > 0;
}

async function runJob(
  { db, clock, log }: { db: Database; clock: Clock; log: Log },
  handlers: Record<string, JobHandler>,
  job: Job,
  context: JobContext,
): Promise<void> {
  const { signal } = context;
  const fields = { job_id: job.id, kind: job.kind, installed_app_id: job.installed_app_id };
  try {
    const handler = handlers[job.kind];
    if (!handler) throw new DomainError("unknown_kind", `No handler for jobs of the kind ${job.kind}.`);
    const next = await handler(job, context);
    await db.write((tx) => finishJob(tx, job, next, clock.now()));
  } catch (err) {
    if (!signal.aborted)
      log.warn({ event: "job_failed", ...fields, attempts: job.attempts, err }, "a job failed");
    const code = err instanceof DomainError ? err.code : "unexpected";
    await db
      .write((tx) =>
        signal.aborted
          ? releaseJob(tx, job, clock.now())
          : failJob(tx, job, code, { now: clock.now(), jitter: Math.random() }),
      )
      .catch((failure: unknown) =>
        log.error({ event: "job_unrecorded", ...fields, err: failure }, "a job's end was not stored"),
      );
  }
}
