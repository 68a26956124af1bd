import type { Selectable } from "kysely";

import { RelativeTime } from "#app/ui/relative-time.tsx";
import type { OperatorActionRow } from "#db/schema.ts";

import { NextPage } from "../shell/next-page.tsx";
import { OpsPage } from "../shell/ops-page.tsx";
import { LongWord, OpsTable } from "../shell/ops-table.tsx";

/** What was done at this console; nothing here is ever changed. */
export function AuditPage({
  rows,
  next,
  loadedAt,
}: {
  rows: Selectable<OperatorActionRow>[];
  next: number | undefined;
  loadedAt: number;
}) {
  return (
    <OpsPage title="Audit">
      <OpsTable
        label="Audit"
        columns={["When", "What", "On", "Result", "From"]}
        empty="What the operator does will be here."
        rows={rows.map((entry) => ({
          key: entry.id,
          cells: [
            <RelativeTime key="at" at={entry.at} loadedAt={loadedAt} />,
            entry.action,
            entry.target && <LongWord key="on">{entry.target}</LongWord>,
            entry.result,
            <LongWord key="from">{entry.source_address}</LongWord>,
          ],
        }))}
      />
      <NextPage name="before" next={next} />
    </OpsPage>
  );
}
