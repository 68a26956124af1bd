import { type ExpressionBuilder, type Selectable, sql } from "kysely";

import type { Database } from "#db/database.server.ts";
import { prepareQuery } from "#db/prepared-query.server.ts";
import type { JobRow, Schema } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

export type Job = Pick<
  Selectable<JobRow>,
  "id" | "kind" | "installed_app_id" | "generation" | "attempts" | "created_at"
> & {
  payload: unknown;
};

export type NewJob = {
  kind: string;
  /** The install it works for, and the generation under which its work counts; null for the platform's own jobs. */
  installed_app_id: string | null;
  generation: number | null;
  /** Epoch ms. */
  due_at: number;
  /** Tells apart jobs of one kind that an install may have open side by side. */
  subject?: string;
  payload?: unknown;
};

export const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 5;
/** The error of a job that was parked because the process never lived to see its end. */
const INTERRUPTED = "interrupted";
/** The due time of a job that runs, unless it is asked for again meanwhile. */
const NOT_ASKED_FOR = Number.MAX_SAFE_INTEGER;

/**
 * Asks for a job. There is one open job of a kind for each install (and subject): asking again brings it forward, or,
 * while it runs, has it run once more after that. Wake the worker after the commit.
 */
export async function enqueueJob(tx: Tx, job: NewJob, now: number): Promise<void> {
  await upsertJob(tx, {
    ...job,
    payload: JSON.stringify(job.payload ?? {}),
    open_key: keyOf(job),
    created_at: now,
  });
}

/** The same for a job that goes on for ever, unless it was given up: that one is the operator's to retry. */
export async function ensureJob(tx: Tx, job: NewJob, now: number): Promise<void> {
  if (!(await isGivenUp(tx, job))) await enqueueJob(tx, job, now);
}

/** Whether a job was parked because it was interrupted at every try. If it ends the process, it would do so again. */
export async function isGivenUp(
  read: Database["read"],
  job: Pick<NewJob, "kind" | "installed_app_id" | "generation" | "subject">,
): Promise<boolean> {
  const interrupted = await read
    .selectFrom("jobs")
    .select("id")
    .where("state", "=", sql.lit("parked" as const))
    .where("parked_key", "=", keyOf(job))
    .where("generation", "is", job.generation)
    .where("last_error", "=", INTERRUPTED)
    .executeTakeFirst();
  return interrupted !== undefined;
}

function keyOf({ kind, installed_app_id, subject }: Pick<NewJob, "kind" | "installed_app_id" | "subject">) {
  return [kind, installed_app_id ?? "", ...(subject === undefined ? [] : [subject])].join(":");
}

type OpenJob = Pick<NewJob, "kind" | "installed_app_id" | "generation" | "due_at"> &
  Pick<JobRow, "payload" | "created_at"> & { open_key: string };

const upsertJob = prepareQuery((db, job: OpenJob) =>
  db
    .insertInto("jobs")
    .values({
      kind: job.kind,
      installed_app_id: job.installed_app_id,
      generation: job.generation,
      payload: job.payload,
      open_key: job.open_key,
      state: "queued",
      due_at: job.due_at,
      attempts: 0,
      lease_until: null,
      last_error: null,
      created_at: job.created_at,
      finished_at: null,
    })
    .onConflict((conflict) =>
      conflict.column("open_key").doUpdateSet((eb) => ({
        due_at: eb
          .case()
          .when("jobs.due_at", ">", job.due_at)
          .then(eb.val(job.due_at))
          .else(eb.ref("jobs.due_at"))
          .end(),
      })),
    ),
);

/**
 * Takes up to `limit` jobs that are due, and those whose lease ran out since their end could not be stored, the oldest
 * first, but never more of one install than `installLimit` at once: a slow one waits for itself. The caller names the
 * jobs that it still runs; they must not run twice at once even where their lease could not be renewed.
 */
export async function claimJobs(
  tx: Tx,
  {
    limit,
    installLimit,
    running,
    now,
  }: {
    limit: number;
    installLimit: number;
    running: readonly Pick<Job, "id" | "installed_app_id" | "attempts">[];
    now: number;
  },
): Promise<Job[]> {
  const perInstall = new Map<string, number>();
  for (const { installed_app_id } of running) count(perInstall, installed_app_id);
  const full = [...perInstall].filter(([, jobs]) => jobs >= installLimit).map(([id]) => id);
  const candidates = tx
    .selectFrom("jobs")
    .select(["id", "installed_app_id", "attempts"])
    .$if(full.length > 0, (query) =>
      query.where((eb) =>
        eb.or([eb("installed_app_id", "is", null), eb("installed_app_id", "not in", full)]),
      ),
    )
    .limit(limit * installLimit);
  // Two queries, each in the order of its own index: one for both would sort the whole backlog at every claim.
  const abandoned = await candidates
    .where("state", "=", "running")
    .where("lease_until", "<", now)
    .$if(running.length > 0, (query) =>
      query.where(
        "id",
        "not in",
        running.map(({ id }) => id),
      ),
    )
    .execute();
  const due = await candidates
    .where("state", "=", "queued")
    .where("due_at", "<=", now)
    .orderBy("due_at")
    .execute();
  const claimed = [...oneSuspectAtATime(abandoned, running), ...due]
    .filter(({ installed_app_id }) => count(perInstall, installed_app_id) <= installLimit)
    .slice(0, limit);
  if (claimed.length === 0) return [];
  const rows = await tx
    .updateTable("jobs")
    .set((eb) => ({
      state: "running",
      due_at: NOT_ASKED_FOR,
      lease_until: now + LEASE_MS,
      attempts: eb("attempts", "+", 1),
    }))
    .where(
      "id",
      "in",
      claimed.map(({ id }) => id),
    )
    .returning(["id", "kind", "installed_app_id", "generation", "attempts", "created_at", "payload"])
    .execute();
  return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as unknown }));
}

/**
 * Of jobs that were interrupted more than once, one may be what ends the process. Each is tried while no other is, so that
 * those that only ran beside it are not parked with it.
 */
function oneSuspectAtATime<J extends Pick<Job, "attempts">>(
  abandoned: readonly J[],
  running: readonly Pick<Job, "attempts">[],
): J[] {
  const suspects = abandoned.filter(({ attempts }) => attempts > 1);
  const oneRuns = running.some(({ attempts }) => attempts > 2);
  return [...abandoned.filter(({ attempts }) => attempts <= 1), ...(oneRuns ? [] : suspects.slice(0, 1))];
}

/** The number of jobs of this install with one more; the platform's own jobs do not count against each other. */
function count(jobs: Map<string, number>, installedAppId: string | null): number {
  if (installedAppId === null) return 1;
  const counted = (jobs.get(installedAppId) ?? 0) + 1;
  jobs.set(installedAppId, counted);
  return counted;
}

/** For jobs that take longer than a lease: whoever looks at the rows can tell them from abandoned ones. */
export async function renewLeases(tx: Tx, ids: readonly number[], now: number): Promise<void> {
  await tx
    .updateTable("jobs")
    .set({ lease_until: now + LEASE_MS })
    .where("id", "in", ids)
    .where("state", "=", "running")
    .execute();
}

/**
 * At start: nobody else has this database open, so whatever is still leased was interrupted by the end of a process. It
 * is claimed again, unless that was its last try. @returns what was parked
 */
export async function recoverInterrupted(tx: Tx, now: number) {
  const interrupted = tx.updateTable("jobs").where("state", "=", "running");
  const givenUp = await interrupted
    .where("attempts", ">=", MAX_ATTEMPTS)
    .set(parked(INTERRUPTED, now))
    .returning(["id", "kind", "installed_app_id"])
    .execute();
  await interrupted.set({ lease_until: 0 }).execute();
  return givenUp;
}

/**
 * Ends a job that did its work, or sets the time and payload of its next run; either way it runs again as soon as it was
 * asked for meanwhile. A cancelled job stays cancelled.
 */
export async function finishJob(
  tx: Tx,
  job: Job,
  next: { due_at: number; payload: unknown } | undefined,
  now: number,
): Promise<void> {
  const { numUpdatedRows } = await held(tx, job)
    .where("due_at", "=", NOT_ASKED_FOR)
    .set(
      next
        ? {
            state: "queued",
            due_at: next.due_at,
            payload: JSON.stringify(next.payload),
            attempts: 0,
            lease_until: null,
            last_error: null,
          }
        : { state: "finished", open_key: null, lease_until: null, last_error: null, finished_at: now },
    )
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  await held(tx, job)
    .set((eb) => ({
      state: "queued",
      due_at: next
        ? eb.case().when("due_at", ">", next.due_at).then(eb.val(next.due_at)).else(eb.ref("due_at")).end()
        : eb.ref("due_at"),
      payload: JSON.stringify(next ? next.payload : job.payload),
      attempts: 0,
      lease_until: null,
      last_error: null,
    }))
    .execute();
}

/** Hands back a job that was stopped on purpose, as if it had not been tried. A cancelled job stays cancelled. */
export async function releaseJob(tx: Tx, job: Job, now: number): Promise<void> {
  await held(tx, job)
    .set({ state: "queued", due_at: now, attempts: job.attempts - 1, lease_until: null })
    .execute();
}

/** Puts a failed job back with a growing, jittered delay; after five tries it is parked for the operator. */
export async function failJob(
  tx: Tx,
  job: Job,
  error: string,
  { now, jitter }: { now: number; jitter: number },
): Promise<void> {
  const delay = 1000 * 4 ** job.attempts * (0.75 + jitter / 2);
  await held(tx, job)
    .set(
      job.attempts < MAX_ATTEMPTS
        ? { state: "queued", due_at: now + Math.round(delay), lease_until: null, last_error: error }
        : parked(error, now),
    )
    .execute();
}

function parked(error: string, now: number) {
  return (eb: ExpressionBuilder<Schema, "jobs">) => ({
    state: "parked" as const,
    open_key: null,
    parked_key: eb.ref("open_key"),
    lease_until: null,
    last_error: error,
    finished_at: now,
  });
}

/**
 * Queues a parked job again, its tries counted anew; wake the worker after the commit. False when it is not parked (any
 * more), or the same work was asked for since.
 */
export async function retryJob(tx: Tx, id: number, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("jobs")
    .set((eb) => ({
      state: "queued" as const,
      open_key: eb.ref("parked_key"),
      parked_key: null,
      due_at: now,
      attempts: 0,
      finished_at: null,
    }))
    .where("id", "=", id)
    .where("state", "=", "parked")
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom("jobs as open").select("open.id").whereRef("open.open_key", "=", "jobs.parked_key"),
        ),
      ),
    )
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Idempotent. A job that runs at this moment finds out before its next call, and cannot write its result back. */
export async function cancelJobs(tx: Tx, installedAppId: string, now: number): Promise<void> {
  await tx
    .updateTable("jobs")
    .set({ state: "cancelled", open_key: null, lease_until: null, finished_at: now })
    .where("installed_app_id", "=", installedAppId)
    .where("state", "in", ["queued", "running"])
    .execute();
}

/** The job as this worker holds it: not when it was cancelled, or claimed anew after the lease ran out. */
function held(tx: Tx, job: Job) {
  return tx
    .updateTable("jobs")
    .where("id", "=", job.id)
    .where("state", "=", "running")
    .where("attempts", "=", job.attempts);
}
