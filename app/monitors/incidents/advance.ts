import type { Monitor } from "../definition/monitor.ts";
import type { SubjectResult } from "../kinds/facts.ts";
import { isMuted } from "../kinds/schedule/schedule.ts";

/** What is stored of a subject between evaluations; a subject without one is ok. */
export type SubjectState = {
  subject: string;
  state: "ok" | "firing" | "unknown";
  entity: string | undefined;
  value: string | undefined;
  compared_to: string | undefined;
  reason: string | undefined;
  evaluated_at: number;
  /** Since when every read that could be made has found the condition true. */
  holds_since: number | undefined;
  /** Reads in a row that found it true with the same value. */
  same_reads: number;
  /** The open incident: it outlives reads that fail. */
  incident: OpenIncident | undefined;
};

type OpenIncident = {
  id: string;
  /** It opened while the monitor was muted and is still to be announced. */
  muted: boolean;
};

/**
 * `alert`: an alert of its own. `already_true`: shares the one alert of the first evaluation. `quiet`: none, asked for.
 * `muted`: none before the mute's end, and then only if it still holds.
 */
type Announcement = "alert" | "already_true" | "quiet" | "muted";

/** `recovered`: false again. `event`: over as it began. `gone`: left the selection. `edited`, `deleted`: the monitor. */
export type CloseReason = "recovered" | "event" | "gone" | "edited" | "deleted";

export type Step = {
  /** Undefined: nothing to keep, delete what is stored. */
  next: SubjectState | undefined;
  opened: { id: string; announcement: Announcement } | undefined;
  /** The id of an incident whose mute has ended and which still holds: raise its alert now. */
  unmuted: string | undefined;
  /** May be the one that just opened. */
  closed: { id: string; reason: CloseReason } | undefined;
};

export type Moment = {
  now: number;
  /** This is the monitor's first evaluation that could be made since it was created or its condition changed. */
  first: boolean;
  newIncidentId: () => string;
};

/** One evaluation's result taken into a subject's state. Whoever stores `next` must store the incident's change with it. */
export function advance(
  monitor: Monitor,
  previous: SubjectState | undefined,
  result: SubjectResult,
  moment: Moment,
): Step {
  switch (result.outcome) {
    case "met":
      return hold(monitor, previous, result, moment);
    case "between":
      return previous?.incident === undefined
        ? clear(previous, result, moment)
        : stay({ ...readingOf(result, moment), state: "firing", incident: previous.incident });
    case "not_met":
      return clear(previous, result, moment);
    case "happened":
      return happen(monitor, previous, moment);
    case "unknown":
      return stay(unread(previous, result, moment));
    case "gone":
      return { ...UNCHANGED, closed: previous?.incident && { id: previous.incident.id, reason: "gone" } };
  }
}

/** Whether a state says more than that all is well: such subjects are asked for even where Cloud would leave them out. */
export function isTracked({ state, holds_since, incident }: SubjectState): boolean {
  return state !== "ok" || holds_since !== undefined || incident !== undefined;
}

const UNCHANGED: Step = { next: undefined, opened: undefined, unmuted: undefined, closed: undefined };
const MINUTE_MS = 60_000;

function hold(
  monitor: Monitor,
  previous: SubjectState | undefined,
  result: SubjectResult,
  moment: Moment,
): Step {
  const { now, first, newIncidentId } = moment;
  const since = previous?.holds_since ?? now;
  const same = previous?.holds_since !== undefined && previous.value === result.value;
  const next: SubjectState = {
    ...readingOf(result, moment),
    holds_since: since,
    same_reads: same ? previous.same_reads + 1 : 1,
  };
  const muted = isMuted(monitor, now);
  if (previous?.incident !== undefined) {
    const { id, muted: untold } = previous.incident;
    const unmuted = untold && !muted ? id : undefined;
    return stay({ ...next, state: "firing", incident: { id, muted: untold && muted } }, { unmuted });
  }
  // Asked to begin quietly, it does so at once: after a wait nothing would tell it from what begins later.
  const quiet = first && monitor.start === "quiet";
  if (!quiet && (now - since < waitOf(monitor) || next.same_reads < readsOf(monitor))) return stay(next);
  const announcement = quiet ? "quiet" : muted ? "muted" : first ? "already_true" : "alert";
  const id = newIncidentId();
  return stay(
    { ...next, state: "firing", incident: { id, muted: announcement === "muted" } },
    { opened: { id, announcement } },
  );
}

/** How long the condition has to hold. */
function waitOf({ kind, condition }: Monitor): number {
  return kind === "balance_threshold" ? condition.for_minutes * MINUTE_MS : 0;
}

/** How many reads have to agree: one scan of all balances can catch a transfer half done, three do not catch the same. */
function readsOf({ kind }: Monitor): number {
  return kind === "ledger_imbalance" ? 3 : 1;
}

function clear(previous: SubjectState | undefined, result: SubjectResult, moment: Moment): Step {
  return stay(readingOf(result, moment), {
    closed: previous?.incident && { id: previous.incident.id, reason: "recovered" },
  });
}

/** An event of rows or balances that are new: none was there when the monitor was created. */
function happen(monitor: Monitor, previous: SubjectState | undefined, { now, newIncidentId }: Moment): Step {
  const id = newIncidentId();
  return {
    next: previous,
    opened: { id, announcement: isMuted(monitor, now) ? "muted" : "alert" },
    unmuted: undefined,
    closed: { id, reason: "event" },
  };
}

/** A read that failed tells nothing: the last value, the time that it has held and the incident stay. */
function unread(previous: SubjectState | undefined, result: SubjectResult, moment: Moment): SubjectState {
  const reading = readingOf(result, moment);
  return {
    ...reading,
    state: "unknown",
    entity: result.entity ?? previous?.entity,
    value: result.value ?? previous?.value,
    compared_to: result.compared_to ?? previous?.compared_to,
    holds_since: previous?.holds_since,
    same_reads: previous?.same_reads ?? 0,
    incident: previous?.incident,
  };
}

function readingOf(
  { subject, entity, value, compared_to, reason }: SubjectResult,
  { now }: Moment,
): SubjectState {
  return {
    subject,
    state: "ok",
    entity,
    value,
    compared_to,
    reason,
    evaluated_at: now,
    holds_since: undefined,
    same_reads: 0,
    incident: undefined,
  };
}

function stay(next: SubjectState, changes: Partial<Omit<Step, "next">> = {}): Step {
  return { ...UNCHANGED, ...changes, next };
}
