import { readHttpDate } from "./http-date.ts";

/** Blnk Cloud's time, as its answers tell it. */
export type CloudClock = {
  /** Epoch ms for comparing with Cloud's timestamps: the server's clock, or Cloud's where the two disagree. */
  now(): number;
  /** How far the server's clock is ahead of Cloud's, negative when it is behind; undefined until Cloud has answered. */
  skewMs(): number | undefined;
};

/** What may be due to the way there and to the seconds of the header. */
const TOLERATED_SKEW_MS = 2 * 60_000;

/** Beyond this nothing that the clock decides can be trusted: schedules, windows, and what is overdue. */
export const LARGEST_SKEW_MS = 10 * 60_000;

const SAMPLES = 5;
// The wall clock was set, or the machine slept, when it and the monotonic clock disagree so much since the last answer.
const JUMP_MS = 60_000;

type Sample = { offset: number; lead: number };

/**
 * Cloud's time is kept as an offset to the monotonic clock, so that setting the server's clock, or correcting it, changes
 * nothing. The median of the last answers outvotes an odd one; after a jump the next answer decides alone.
 */
export function createCloudClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
) {
  let samples: Sample[] = [];
  let offset: number | undefined;
  const skewMs = () => (offset === undefined ? undefined : Math.round(wall() - monotonic() - offset));

  const clock: CloudClock = {
    now: () => (Math.abs(skewMs() ?? 0) > TOLERATED_SKEW_MS ? Math.floor(monotonic() + offset!) : wall()),
    skewMs,
  };
  /** Called when an answer's head has come; `sentAt` by the monotonic clock. One without a date tells nothing. */
  const observe = ({ date, age }: { date?: unknown; age?: unknown }, sentAt: number): void => {
    const at = readHttpDate(date);
    if (at === undefined) return;
    // A cache tells the time of the answer that it keeps.
    const kept = typeof age === "string" && /^\d{1,9}$/.test(age.trim()) ? Number(age) * 1000 : 0;
    const lead = wall() - monotonic();
    const last = samples.at(-1);
    if (last && Math.abs(lead - last.lead) > JUMP_MS) samples = [];
    // The header's seconds are cut off, so that this is up to a second behind; ahead, a new row might seem old.
    samples = [...samples.slice(1 - SAMPLES), { offset: at + kept - (sentAt + monotonic()) / 2, lead }];
    offset = median(samples.map((sample) => sample.offset));
  };
  return { clock, observe };
}

/** The lower one of two. */
function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[(numbers.length - 1) >> 1]!;
}

/** "This server's clock is 14 minutes behind Blnk Cloud's", or undefined while they agree well enough. */
export function describeSkew(skewMs: number | undefined, tolerated = TOLERATED_SKEW_MS): string | undefined {
  if (skewMs === undefined || Math.abs(skewMs) <= tolerated) return undefined;
  return `This server's clock is ${duration(Math.abs(skewMs))} ${skewMs > 0 ? "ahead of" : "behind"} Blnk Cloud's`;
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
