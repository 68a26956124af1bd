import { app } from "#app/app.ts";
import { markerOf } from "#app/monitors/alerts/alert-text.ts";

const MARKER = new RegExp(`(?:^|\\n)\\s*${app.slug}:([A-Za-z0-9_-]{1,128})\\s*$`);

/** A description as people read it, and the id in the last line by which this app finds its alert again. */
export function splitMarker(description: string): { text: string; id: string | undefined } {
  const match = MARKER.exec(description);
  if (!match) return { text: description, id: undefined };
  return { text: description.slice(0, match.index).trimEnd(), id: match[1] };
}

/** The same the other way round. */
export function joinMarker(text: string, id: string | undefined): string {
  return id === undefined ? text : `${text}\n\n${markerOf(id)}`;
}
