import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";

import { MonitorStatePill, type SubjectState } from "../monitor-state.tsx";
import { MonitorValue } from "../monitor-value.tsx";
import { SubjectLink } from "../subject-link.tsx";
import type { MonitorPageData } from "./load-monitor.server.ts";

/** What is known of each subject now. */
export function StateList({ states, loadedAt }: { states: MonitorPageData["states"]; loadedAt: number }) {
  if (states.length === 0) {
    return <EmptyNote>Nothing fires. A large selection shows only what is not OK.</EmptyNote>;
  }
  return (
    <Card>
      <ul className="max-h-96 divide-y divide-line overflow-y-auto">
        {states.map(({ subject, evaluatedAt, ...state }) => (
          <Found key={subject} subject={subject} at={evaluatedAt} {...state} loadedAt={loadedAt} />
        ))}
      </ul>
    </Card>
  );
}

/** What was found, each time that it differed from the time before. */
export function EvaluationList({
  evaluations,
  loadedAt,
}: {
  evaluations: MonitorPageData["evaluations"];
  loadedAt: number;
}) {
  if (evaluations.length === 0) {
    return <EmptyNote>What is found will be here, each time that it changes.</EmptyNote>;
  }
  return (
    <Card>
      <ul className="max-h-96 divide-y divide-line overflow-y-auto">
        {evaluations.map(({ id, ...evaluation }) => (
          <Found key={id} compared_to={null} {...evaluation} loadedAt={loadedAt} />
        ))}
      </ul>
    </Card>
  );
}

function Found({
  subject,
  at,
  state,
  value,
  compared_to,
  reason,
  loadedAt,
}: {
  subject: string;
  at: number;
  state: SubjectState;
  value: string | null;
  compared_to: string | null;
  reason: string | null;
  loadedAt: number;
}) {
  return (
    <li className="space-y-1 px-4 py-2.5 text-small">
      <p className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <SubjectLink subject={subject} />
        <span>
          <MonitorValue value={value} />
          {compared_to !== null && (
            <>
              {" "}
              <span className="text-quiet">against</span> <MonitorValue value={compared_to} />
            </>
          )}
        </span>
      </p>
      <p className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-quiet">
        <MonitorStatePill state={state} />
        <RelativeTime at={at} loadedAt={loadedAt} />
      </p>
      {reason && <p className="text-quiet">{reason}</p>}
    </li>
  );
}
