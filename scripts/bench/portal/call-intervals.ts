/** From a call's arrival at Cloud until its answer was handed to the network, in ms of Cloud's own clock. */
export type CallInterval = { began: number; ended: number };

/** For how long at least one call was open. */
export function openMs(calls: readonly CallInterval[]): number {
  let ms = 0;
  let until = -Infinity;
  for (const { began, ended } of calls.toSorted((a, b) => a.began - b.began)) {
    ms += Math.max(0, ended - Math.max(began, until));
    until = Math.max(until, ended);
  }
  return ms;
}

/** The most calls of which each began after the one before it had ended: what ran together counts once. */
export function longestRow(calls: readonly CallInterval[]): number {
  let row = 0;
  let until = -Infinity;
  for (const { began, ended } of calls.toSorted((a, b) => a.ended - b.ended)) {
    if (began < until) continue;
    row += 1;
    until = ended;
  }
  return row;
}
