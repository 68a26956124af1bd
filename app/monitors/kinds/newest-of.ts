import type { WindowEntry } from "./facts.ts";

export function newestOf(entries: readonly WindowEntry[], now = Infinity): WindowEntry | undefined {
  let newest: WindowEntry | undefined;
  for (const entry of entries) {
    if (entry.at <= now && (newest === undefined || entry.at >= newest.at)) newest = entry;
  }
  return newest;
}
