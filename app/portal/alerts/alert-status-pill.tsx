import { noWrap } from "#app/ui/no-wrap.ts";

import type { StatusChoice } from "./alert-statuses.ts";

/** Its colour as an SVG fill, since it comes from outside and the page's policy takes no such styles. */
export function StatusDot({ colour }: { colour: string | undefined }) {
  return (
    <svg aria-hidden viewBox="0 0 12 12" className="size-3 shrink-0">
      <circle cx="6" cy="6" r="5" fill={colour ?? "none"} strokeWidth="1.5" className="stroke-quiet" />
    </svg>
  );
}

export function AlertStatusPill({ status: { name, colour } }: { status: StatusChoice }) {
  return (
    <span className="inline-flex items-center gap-1.5 rounded-full border border-line px-2 py-0.5 text-small leading-tight">
      <StatusDot colour={colour} />
      <bdi className={noWrap(name)}>{name}</bdi>
    </span>
  );
}
