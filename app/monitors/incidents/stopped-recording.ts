/** So many events of a monitor are recorded in a day (UTC). What happens beyond is counted, or it would fill the volume. */
export const EVENTS_PER_DAY = 1_000;

/** @param unrecorded an estimate, so that two digits of it are enough */
export function stoppedRecording(unrecorded: number): string {
  const about = unrecorded.toLocaleString("en", { maximumSignificantDigits: 2 });
  return `Stopped recording: ${EVENTS_PER_DAY.toLocaleString("en")} incidents today (UTC); about ${about} more matched.`;
}
