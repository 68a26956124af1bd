import { CircleAlert, CircleCheck, CircleHelp, CirclePause, type LucideIcon } from "lucide-react";

import type { MonitorSummary } from "#app/monitors/monitor-history.server.ts";
import { EmptyNote } from "#app/ui/notes.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Panel } from "#app/ui/panel.tsx";
import { Pill, type Tone } from "#app/ui/pill.tsx";

export type MonitorLine = Pick<
  MonitorSummary,
  "id" | "name" | "explanation" | "state" | "firing" | "problem"
>;

const STATES: Record<NonNullable<MonitorLine["state"]>, { tone: Tone; Icon: LucideIcon; word: string }> = {
  ok: { tone: "good", Icon: CircleCheck, word: "OK" },
  firing: { tone: "bad", Icon: CircleAlert, word: "Firing" },
  unknown: { tone: "attention", Icon: CircleHelp, word: "Not known" },
  paused: { tone: "quiet", Icon: CirclePause, word: "Paused" },
};

export function MonitorsPage({ monitors }: { monitors: MonitorLine[] }) {
  return (
    <>
      <PageTitle>Monitors</PageTitle>
      <div className="mt-4">
        {monitors.length === 0 ? (
          <EmptyNote>
            Monitors watch balances and transactions, and raise each alert once. They will be here once there
            is one.
          </EmptyNote>
        ) : (
          <Panel>
            <ul className="divide-y divide-line">
              {monitors.map((monitor) => (
                <li
                  key={monitor.id}
                  className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-3"
                >
                  <Monitor {...monitor} />
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
    </>
  );
}

function Monitor({ name, explanation, state, firing, problem }: MonitorLine) {
  const { tone, Icon, word } = state ? STATES[state] : { ...STATES.unknown, word: "Not evaluated yet" };
  return (
    <>
      <div>
        <p className="font-medium">
          <bdi>{name}</bdi>
        </p>
        <p className="text-small text-quiet">
          <bdi>{problem ?? explanation}</bdi>
        </p>
      </div>
      <Pill tone={tone} Icon={Icon}>
        {firing > 1 ? `${word}: ${firing.toLocaleString("en")}` : word}
      </Pill>
    </>
  );
}
