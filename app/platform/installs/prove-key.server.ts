import type { Cloud } from "#app/platform/blnk/cloud.server.ts";
import { CloudError, type CloudErrorCode } from "#app/platform/blnk/cloud-error.ts";
import type { Clock } from "#app/platform/clock.ts";
import type { Job } from "#app/platform/jobs/jobs.server.ts";
import type { JobContext, JobHandler, NextRun } from "#app/platform/jobs/worker.server.ts";
import type { Database } from "#db/database.server.ts";

import { keyCredentials } from "./cloud-access.server.ts";
import { type HeldKey, listHeldKeys } from "./install-keys.server.ts";
import { findInstall, type Install } from "./installs.server.ts";
import { keepKey, rejectKey, restoreKey, type Standing } from "./key-outcomes.server.ts";
import type { LifecycleHooks } from "./lifecycle-hooks.ts";
import type { Sealer } from "./sealer.server.ts";
import type { WalTruncation } from "./wal-truncation.server.ts";

const CALL_BUDGET_MS = 30_000;
// A key that hangs must not keep a held one from its turn within the minute.
const FRESH_BUDGET_MS = 10_000;
// Two refusals count as one unless they are so far apart; a launch may ask sooner.
const REFUSALS_APART_MS = 2000;
const SECOND_LOOK_MS = 2500;
// Cloud switches a new key on, and the old one off, once it has our answer; then whichever it shows data to is right.
const SETTLED_AFTER_MS = 15_000;
const MINUTE_MS = 60_000;
const UNVERIFIED_WINDOW_MS = 10 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const REJECTED_DELAYS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS];
// As many as one install may ask at once.
const AT_ONCE = 4;

/**
 * `refused`: when Cloud first refused a key, by generation. `tries`: of a rejected key how often it was refused, of any
 * other how often Cloud could not say.
 */
type Progress = { refused: Record<string, number>; tries: number };

/**
 * `proven`: it read data of this very instance. `accepted`: Cloud knows the key, which lacks the scope as it should;
 * whether it is this instance's cannot be told. `refused`: once, or within two seconds; `dead`: again after that.
 * `unknown`: Cloud could not say, or did not show what was granted.
 */
type Answer = Standing | "refused" | "dead" | "unknown";

type Tried = { key: HeldKey; answer: Answer };

export type KeyProof = {
  db: Database;
  sealer: Sealer;
  clock: Clock;
  cloud: Cloud;
  walTruncation: WalTruncation;
  hooks: readonly LifecycleHooks[];
};

/**
 * The job that finds out whether an install's key works, after the callback's answer and never a gate: one read of data,
 * whatever was granted. A late or forged delivery may have replaced a good key, so replaced keys are held, and one that is
 * better than the current is restored.
 */
export function createKeyProof(app: KeyProof): JobHandler {
  return async (job, context) => {
    const install = await findInstall(app.db.read, job.installed_app_id ?? "");
    if (install?.state !== "active" || install.generation !== job.generation) return undefined;
    const [current, ...held] = await listHeldKeys(app.db.read, install.installed_app_id);
    if (current?.generation !== install.generation) return undefined;

    const { tries, refused } = readProgress(job);
    const age = app.clock.now() - current.applied_at;
    const budgetMs = age < MINUTE_MS ? FRESH_BUDGET_MS : CALL_BUDGET_MS;
    const attempt = async (key: HeldKey): Promise<Tried> => {
      const answer = await tryKey(app, install, key, { ...context, budgetMs });
      if (answer !== "refused") return { key, answer };
      const now = app.clock.now();
      const first = (refused[key.generation] ??= now);
      return { key, answer: now - first < REFUSALS_APART_MS ? "refused" : "dead" };
    };
    const { answer } = await attempt(current);
    if (answer === "proven") return await keepKey(app, install, current, answer);
    if (answer === "refused")
      return { due_at: refused[current.generation]! + SECOND_LOOK_MS, payload: { refused, tries: 0 } };

    const settled = answer === "dead" || app.clock.now() - current.applied_at >= SETTLED_AFTER_MS;
    const others: Tried[] = settled
      ? await tryHeld(held, attempt)
      : held.map((key) => ({ key, answer: "unknown" }));
    const better = findBetter({ key: current, answer }, others);
    if (better) {
      const nextProof = app.clock.now() + (better.standing === "proven" ? HOUR_MS : MINUTE_MS);
      return await restoreKey(app, install, better, {
        dead: deadOf([{ key: current, answer }, ...others]),
        nextProof,
      });
    }
    if (answer === "accepted" && others.every((other) => isOver(other, install, current, app.clock.now())))
      return await keepKey(app, install, current, answer);
    if (answer === "dead") await rejectKey(app, install);
    return nextRun(app.clock.now(), install, { key: current, answer }, others, { tries, refused });
  };
}

/** All at once, or at least as many as one install may ask; the one that was proven before comes first. */
async function tryHeld(
  held: readonly HeldKey[],
  attempt: (key: HeldKey) => Promise<Tried>,
): Promise<Tried[]> {
  const ordered = held.toSorted((a, b) => Number(b.proven_at !== null) - Number(a.proven_at !== null));
  const tried: Tried[] = [];
  for (let at = 0; at < ordered.length; at += AT_ONCE) {
    tried.push(...(await Promise.all(ordered.slice(at, at + AT_ONCE).map(attempt))));
    if (tried.some(({ answer }) => answer === "proven")) break;
  }
  return tried;
}

/**
 * A held key is better when it is proven, for the current is not. Of keys that can read nothing the first stands: Cloud
 * would have revoked it for a genuine second.
 */
function findBetter(
  current: Tried,
  others: readonly Tried[],
): { key: HeldKey; standing: Standing } | undefined {
  const proven = others.find(({ answer }) => answer === "proven");
  if (proven) return { key: proven.key, standing: "proven" };
  const accepted = others.find(
    ({ key, answer }) =>
      answer === "accepted" && (current.answer === "dead" || key.event_id < current.key.event_id),
  );
  return accepted && { key: accepted.key, standing: "accepted" };
}

function deadOf(tried: readonly Tried[]): HeldKey[] {
  return tried.filter(({ answer }) => answer === "dead").map(({ key }) => key);
}

/** Nothing speaks for this held key any more: it is dead, or came later and lost long ago. */
function isOver({ key, answer }: Tried, install: Install, current: HeldKey, now: number): boolean {
  return answer === "dead" || (key.event_id > current.event_id && now - install.key_state_at >= HOUR_MS);
}

async function tryKey(
  app: KeyProof,
  install: Install,
  key: HeldKey,
  { signal, leaveSlot: onSlow, budgetMs }: JobContext & { budgetMs: number },
): Promise<Exclude<Answer, "dead">> {
  const client = app.cloud.client(keyCredentials(app, install, key), { signal, onSlow, budgetMs });
  const granted = JSON.parse(key.granted_permissions) as string[];
  const data = await outcomeOf(client.proveKey());
  if (data === "ok") return "proven";
  if (granted.includes("data:read")) return data === "unauthorised" ? "refused" : "unknown";
  if (data === "forbidden") return "accepted";
  // A missing scope may be answered otherwise than by a 403; what was granted is not.
  const alerts = granted.includes("alerts:read") ? await outcomeOf(client.alerts.statuses.list()) : data;
  if (alerts === "ok") return "accepted";
  return data === "unauthorised" && alerts === "unauthorised" ? "refused" : "unknown";
}

async function outcomeOf(call: Promise<unknown>): Promise<"ok" | CloudErrorCode> {
  try {
    await call;
    return "ok";
  } catch (error) {
    if (!(error instanceof CloudError) || error.code === "stopped" || error.code === "cancelled") throw error;
    return error.code;
  }
}

/** While a held key may be the right one it is asked every minute; a first refusal of it is confirmed at once. */
function nextRun(
  now: number,
  install: Install,
  { key, answer }: Tried,
  others: readonly Tried[],
  { tries, refused }: Progress,
): NextRun {
  const dead = answer === "dead";
  const rejected = install.key_state === "rejected";
  const counted = dead === rejected ? tries + 1 : dead ? 1 : tries;
  const delay = dead || rejected ? delayAfterRefusals(counted) : delayAfterUnknown(now, install, key, tries);
  const confirming = others.some((other) => other.answer === "refused");
  const open = others.some((other) => other.answer !== "dead");
  const settling = key.applied_at + SETTLED_AFTER_MS - now;
  const longest = confirming ? SECOND_LOOK_MS : !open ? HOUR_MS : settling > 0 ? settling : MINUTE_MS;
  return { due_at: now + Math.min(delay, longest), payload: { refused, tries: counted } };
}

/** A fresh key is tried often for ten minutes, since it may only work once Cloud has our answer. */
function delayAfterUnknown(now: number, install: Install, key: HeldKey, tries: number): number {
  const fresh = install.key_state === "unverified" && now - key.applied_at < UNVERIFIED_WINDOW_MS;
  return fresh ? Math.min(1000 * 2 ** tries, MINUTE_MS) : HOUR_MS;
}

function delayAfterRefusals(refusals: number): number {
  return REJECTED_DELAYS_MS[Math.min(Math.max(refusals, 1), REJECTED_DELAYS_MS.length) - 1]!;
}

function readProgress(job: Job): Progress {
  const { refused = {}, tries = 0 } = job.payload as Partial<Progress>;
  return { refused: { ...refused }, tries };
}
