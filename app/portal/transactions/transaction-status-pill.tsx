import {
  Ban,
  CalendarClock,
  CircleCheck,
  CircleHelp,
  CircleX,
  Clock,
  Hourglass,
  type LucideIcon,
} from "lucide-react";

import { Pill, type Tone } from "#app/ui/pill.tsx";

const KNOWN: ReadonlyMap<string, { tone: Tone; Icon: LucideIcon; word: string }> = new Map([
  ["APPLIED", { tone: "good", Icon: CircleCheck, word: "Applied" }],
  ["INFLIGHT", { tone: "hold", Icon: Hourglass, word: "Inflight" }],
  ["QUEUED", { tone: "quiet", Icon: Clock, word: "Queued" }],
  ["SCHEDULED", { tone: "quiet", Icon: CalendarClock, word: "Scheduled" }],
  ["VOID", { tone: "quiet", Icon: Ban, word: "Void" }],
  ["REJECTED", { tone: "bad", Icon: CircleX, word: "Rejected" }],
]);

/** A status that Blnk adds later is shown as it was sent. */
export function TransactionStatusPill({ status = "Not known" }: { status: string | undefined }) {
  const { tone, Icon, word } = KNOWN.get(status) ?? {
    tone: "quiet" as const,
    Icon: CircleHelp,
    word: status,
  };
  return (
    <Pill tone={tone} Icon={Icon}>
      {word}
    </Pill>
  );
}
