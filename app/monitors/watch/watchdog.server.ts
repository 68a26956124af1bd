import { ensureJob } from "#app/platform/jobs/jobs.server.ts";

import type { MonitorPlatform } from "../monitor-platform.server.ts";
import { whyLate } from "./late-check-words.ts";
import { type LateCheck, listLateChecks } from "./late-checks.server.ts";
import { notifyTrouble } from "./notify-trouble.server.ts";

const LONGEST_PAUSE_MS = 60_000;

export type Watchdog = {
  start(): void;
  /** Looks now. */
  look(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Sees that checks end, whatever their jobs do: on a timer of its own, since a worker that stands still would run no job
 * for it. While every install is checked in time it calls the heartbeat; for those that are not it asks for their job
 * again and tells their webhook.
 */
export function createWatchdog(app: MonitorPlatform): Watchdog {
  let wereLate: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;

  const attend = async (check: LateCheck) => {
    const { installed_app_id, generation, since, isParked } = check;
    const now = app.clock.now();
    await app.db.write((tx) =>
      ensureJob(tx, { kind: "watch", installed_app_id, generation, due_at: now }, now),
    );
    // Late once may be a start, or a leap of the clock: the next look tells.
    if (!isParked && !wereLate.has(installed_app_id)) return;
    if (await notifyTrouble(app, check, { since, reason: whyLate(check) }))
      app.log.error({ event: "checks_late", installed_app_id, since, isParked }, "monitors are not checked");
  };

  const lookOver = async () => {
    try {
      const late = await listLateChecks(app.db, { now: app.clock.now(), intervalMs: app.intervalMs });
      if (late.length === 0) app.heartbeat();
      for (const check of late) await attend(check);
      wereLate = new Set(late.map(({ installed_app_id }) => installed_app_id));
    } catch (err) {
      app.log.error({ event: "watchdog_failed", err }, "it could not be seen whether monitors are checked");
    }
  };

  const look = () =>
    (looking ??= lookOver().finally(() => {
      looking = undefined;
    }));

  return {
    start() {
      timer = setInterval(() => void look(), Math.min(app.intervalMs, LONGEST_PAUSE_MS));
    },
    look,
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
