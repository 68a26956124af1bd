import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { listOperatorActions } from "#app/platform/operator/operator-actions.server.ts";
import { readPageQuery } from "#app/platform/operator/read-page.server.ts";
import { RelativeTime } from "#app/ui/relative-time.tsx";

import { NextPage } from "../shell/next-page.tsx";
import { OpsPage } from "../shell/ops-page.tsx";
import { LongWord, OpsTable } from "../shell/ops-table.tsx";
import type { Route } from "./+types/audit.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Audit · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { searchParams } = new URL(request.url);
  return { ...(await listOperatorActions(db, readPageQuery(searchParams))), loadedAt: clock.now() };
}

/** What was done at this console; nothing here is ever changed. */
export default function AuditPage({ loaderData: { rows, next, loadedAt } }: Route.ComponentProps) {
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

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";
