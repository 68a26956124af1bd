import type { Preview } from "#app/monitors/preview.server.ts";
import { ErrorNote, MissingPermissionNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { useExactTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";

import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { MonitorValue } from "../monitor-value.tsx";
import { SubjectLink } from "../subject-link.tsx";

export type ShownPreview = { explanation: string; found: CloudResult<Preview> };

/** What the monitor would do, and what cannot be told before it is saved. */
export function PreviewCard({ explanation, found }: ShownPreview) {
  return (
    <Section label="Preview">
      <Card className="space-y-4 p-4">
        <output className="block font-medium">
          <bdi>{explanation}</bdi>
        </output>
        <Found found={found} />
        <p className="text-small text-quiet">Nothing is saved yet.</p>
      </Card>
    </Section>
  );
}

function Found({ found }: { found: CloudResult<Preview> }) {
  switch (found.kind) {
    case "ready":
      return (
        <>
          {found.value.now && <Now {...found.value.now} />}
          <Past past={found.value.past} />
        </>
      );
    case "missing_scope":
      return <MissingPermissionNote scope={found.scope} />;
    case "key_rejected":
      return <p className="text-quiet">Nothing can be previewed while Blnk Cloud rejects the key.</p>;
    case "failed":
      return (
        <ErrorNote
          failed={`It could not be previewed. ${found.message}.`}
          happened="Nothing was saved."
          todo="Preview it again, or save it without."
          requestId={found.requestId}
        />
      );
  }
}

function Now({ firing, subjects, problem }: NonNullable<Preview["now"]>) {
  return (
    <div>
      <p>
        {problem
          ? `Now not known: ${problem}`
          : firing === 0
            ? "Fires on nothing now."
            : `Fires now on ${firing}:`}
      </p>
      {subjects.length > 0 && (
        <ul className="mt-1 divide-y divide-line text-small">
          {subjects.map(({ subject, value }) => (
            <li key={subject} className="flex flex-wrap justify-between gap-x-4 py-1.5">
              <SubjectLink subject={subject} />
              <MonitorValue value={value} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const SHOWN_DAYS = "the last 7 days";

function Past({ past }: { past: Preview["past"] }) {
  const exactTime = useExactTime();
  switch (past.kind) {
    case "unavailable":
      return <p className="text-quiet">The past is not shown. {past.why}</p>;
    case "events":
      return (
        <div>
          <p>
            {past.count === 0
              ? `Nothing matched in ${SHOWN_DAYS}.`
              : `Matched ${past.count.toLocaleString("en")} times in ${SHOWN_DAYS}:`}
          </p>
          <ul className="mt-1 divide-y divide-line text-small">
            {past.events.map(({ entity, at }) => (
              <li key={entity} className="flex flex-wrap justify-between gap-x-4 py-1.5">
                <SubjectLink subject={entity} />
                <span className="text-quiet">{exactTime(at)}</span>
              </li>
            ))}
          </ul>
          {past.count > past.events.length && <p className="text-small text-quiet">The newest are shown.</p>}
        </div>
      );
    case "values":
      return past.balances.length === 0 ? (
        <p className="text-quiet">No balance matches.</p>
      ) : (
        <ul className="space-y-1 text-small">
          {past.balances.map((balance) => (
            <PastValues key={balance.balance_id} {...balance} />
          ))}
        </ul>
      );
  }
}

type Balances = Extract<Preview["past"], { kind: "values" }>["balances"];

function PastValues({ balance_id, points }: Balances[number]) {
  const exactTime = useExactTime();
  const held = points.filter(({ met }) => met).length;
  return (
    <li>
      <details>
        <summary>
          <bdi>{balance_id}</bdi>: {held === 0 ? "never true" : `true at ${held} of ${points.length} looks`}{" "}
          in {SHOWN_DAYS}
        </summary>
        <table className="mt-1 w-full">
          <thead className="text-quiet">
            <tr>
              <th scope="col" className="py-1 pe-4 text-start font-normal">
                Time
              </th>
              <th scope="col" className="py-1 pe-4 text-end font-normal">
                Value
              </th>
              <th scope="col" className="py-1 text-end font-normal">
                Fires
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {points.toReversed().map(({ at, value, met }) => (
              <tr key={at}>
                <td className="py-1 pe-4 text-quiet">{exactTime(at)}</td>
                <td className="py-1 pe-4 text-end">
                  {value === undefined ? "not known" : <MonitorValue value={value} />}
                </td>
                <td className="py-1 text-end">{met ? "yes" : met === false ? "no" : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </li>
  );
}
