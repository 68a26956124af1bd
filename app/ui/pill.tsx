import type { LucideIcon } from "lucide-react";

import { noWrap } from "./no-wrap.ts";

export type Tone = "good" | "attention" | "bad" | "hold" | "quiet";

const TONES: Record<Tone, string> = {
  good: "text-good",
  attention: "text-attention",
  bad: "text-bad",
  hold: "text-hold",
  quiet: "text-quiet",
};

/** A state as a coloured icon and a word; the colour alone never says it. */
export function Pill({ tone, Icon, children }: { tone: Tone; Icon: LucideIcon; children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5 rounded-full border border-line px-2 py-0.5 text-small leading-tight">
      <Icon aria-hidden className={`size-3.5 shrink-0 ${TONES[tone]}`} />
      <bdi className={noWrap(children)}>{children}</bdi>
    </span>
  );
}
