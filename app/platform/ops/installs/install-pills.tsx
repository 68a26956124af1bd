import { CircleCheck, CircleHelp, CircleOff, CircleX } from "lucide-react";

import { Pill } from "#app/ui/pill.tsx";

export function InstallPill({ state }: { state: "active" | "inactive" }) {
  return state === "active" ? (
    <Pill tone="good" Icon={CircleCheck}>
      Active
    </Pill>
  ) : (
    <Pill tone="quiet" Icon={CircleOff}>
      Inactive
    </Pill>
  );
}

const KEY_STATES = {
  working: { tone: "good", Icon: CircleCheck, word: "Working" },
  unverified: { tone: "attention", Icon: CircleHelp, word: "Unverified" },
  rejected: { tone: "bad", Icon: CircleX, word: "Rejected" },
} as const;

/** The key of an install: what may be shown of it, and whether Cloud takes it. */
export function KeyPill({
  install: { state, key_state, key_prefix },
}: {
  install: { state: "active" | "inactive"; key_state: keyof typeof KEY_STATES; key_prefix: string | null };
}) {
  if (state === "inactive") return <span className="text-quiet">destroyed</span>;
  const { tone, Icon, word } = KEY_STATES[key_state];
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Pill tone={tone} Icon={Icon}>
        {word}
      </Pill>
      <code>{key_prefix}…</code>
    </span>
  );
}
