import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CirclePause,
  type LucideIcon,
} from "lucide-react";

import type { MonitorSummary } from "#app/monitors/monitor-history.server.ts";
import { Pill, type Tone } from "#app/ui/pill.tsx";

/** Undefined before the first evaluation. */
export type MonitorState = MonitorSummary["state"];
export type SubjectState = Exclude<MonitorState, "paused" | undefined>;

const STATES: Record<NonNullable<MonitorState>, { tone: Tone; Icon: LucideIcon; word: string }> = {
  ok: { tone: "good", Icon: CircleCheck, word: "OK" },
  firing: { tone: "bad", Icon: CircleAlert, word: "Firing" },
  unknown: { tone: "attention", Icon: CircleHelp, word: "Not known" },
  paused: { tone: "quiet", Icon: CirclePause, word: "Paused" },
};
const NEW = { tone: "quiet", Icon: CircleDashed, word: "Not evaluated yet" } as const;

export function MonitorStatePill({ state, firing = 0 }: { state: MonitorState; firing?: number }) {
  const { tone, Icon, word } = state ? STATES[state] : NEW;
  return (
    <Pill tone={tone} Icon={Icon}>
      {firing > 0 ? `${word}: ${firing.toLocaleString("en")} open` : word}
    </Pill>
  );
}

/** Heights tell them apart where colours do not. */
const BARS: Record<SubjectState, { height: number; className: string }> = {
  ok: { height: 4, className: "fill-good" },
  unknown: { height: 9, className: "fill-attention" },
  firing: { height: 16, className: "fill-bad" },
};
const BAR_WIDTH = 4;
const BAR_STEP = 6;
const HEIGHT = 16;

/** What was found lately, the newest at the end. */
export function StateHistory({ states }: { states: readonly SubjectState[] }) {
  if (states.length === 0) return null;
  const counts = (Object.keys(BARS) as SubjectState[])
    .map((state) => [states.filter((each) => each === state).length, STATES[state].word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word.toLowerCase()}`);
  const width = states.length * BAR_STEP;
  return (
    <svg
      role="img"
      aria-label={`Last results: ${counts.join(", ")}`}
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      className="inline-block align-middle"
    >
      {states.map((state, index) => {
        const { height, className } = BARS[state];
        return (
          <rect
            key={index}
            x={index * BAR_STEP}
            y={HEIGHT - height}
            width={BAR_WIDTH}
            height={height}
            rx="1"
            className={className}
          />
        );
      })}
    </svg>
  );
}
