import { CircleCheck, CircleHelp, CircleX, TriangleAlert } from "lucide-react";

import type { Finding } from "#app/platform/doctor/finding.ts";
import { Pill } from "#app/ui/pill.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { OpsTable } from "../shell/ops-table.tsx";

const RESULTS = {
  pass: { tone: "good", Icon: CircleCheck, word: "Pass" },
  warn: { tone: "attention", Icon: TriangleAlert, word: "Look" },
  fail: { tone: "bad", Icon: CircleX, word: "Fail" },
  unknown: { tone: "quiet", Icon: CircleHelp, word: "Cannot tell" },
} as const;

export function PromisesPage({ findings }: { findings: Finding[] }) {
  return (
    <OpsPage title="Promises">
      <p className="text-quiet">
        Blnk's checklist for Custom Apps, then facts of this machine: what <code>npm run doctor</code> prints.
      </p>
      <OpsTable
        label="Promises"
        columns={["No.", "Promise", "Result", "Seen"]}
        empty=""
        rows={findings.map(({ promise, title, result, why }) => {
          const { tone, Icon, word } = RESULTS[result];
          return {
            key: title,
            cells: [
              promise ?? "",
              title,
              <Pill key="result" tone={tone} Icon={Icon}>
                {word}
              </Pill>,
              why,
            ],
          };
        })}
      />
    </OpsPage>
  );
}
