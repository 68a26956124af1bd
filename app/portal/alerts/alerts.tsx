import { Suspense } from "react";
import { Await, useLocation } from "react-router";

import { app } from "#app/app.ts";
import { CreatedAt } from "#app/platform/portal/created-at.tsx";
import { FilterBar } from "#app/platform/portal/lists/filter-bar.tsx";
import { ListFrame } from "#app/platform/portal/lists/list-frame.tsx";
import { listSearch } from "#app/platform/portal/lists/list-state.ts";
import { Cell, RecordRow, RecordTable, type Column } from "#app/platform/portal/lists/record-table.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { AlertStatusPill, StatusDot } from "./alert-status-pill.tsx";
import { loadAlerts } from "./load-alerts.server.ts";
import type { StatusCount } from "./read-alert-list.server.ts";
import type { Route } from "./+types/alerts.ts";

const COLUMNS: readonly Column[] = [
  { name: "Alert" },
  { name: "Status" },
  { name: "About", atEnd: true },
  { name: "Raised", atEnd: true },
];

export function meta(): Route.MetaDescriptors {
  return [{ title: `Alerts · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args);
  return loadAlerts(readCloud, params, now);
}

export default function AlertsPage({ loaderData: { counts, ...list } }: Route.ComponentProps) {
  const { q, status } = list.filters;
  return (
    <ListFrame
      title="Alerts"
      noun={["alert", "alerts"]}
      scope="alerts:read"
      list={list}
      empty="Alerts will be here once a monitor raises one, or somebody flags a balance, transaction or identity."
      filters={
        <>
          <FilterBar search={q} searchLabel="Id, title or description" active={0} kept={{ status }} />
          <Suspense fallback={<StatusLinks counts={[]} chosen={status} />}>
            <Await resolve={counts} errorElement={<StatusLinks counts={[]} chosen={status} />}>
              {(counts) => <StatusLinks counts={counts} chosen={status} />}
            </Await>
          </Suspense>
        </>
      }
    >
      {(rows) => (
        <RecordTable label="Alerts" columns={COLUMNS}>
          {rows.map(({ anomaly_id, title, type, status, created_at }) => (
            <RecordRow key={anomaly_id}>
              <Cell place="title">
                <RecordLink kind="alerts" id={anomaly_id} cover>
                  <bdi>{title}</bdi>
                </RecordLink>
              </Cell>
              <Cell place="state">
                <AlertStatusPill status={status} />
              </Cell>
              <Cell place="figure">
                <bdi className="text-quiet">{type}</bdi>
              </Cell>
              <Cell place="end">
                <CreatedAt at={created_at} loadedAt={list.loadedAt} />
              </Cell>
            </RecordRow>
          ))}
        </RecordTable>
      )}
    </ListFrame>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

/** The list of one status, each with how many there are. */
function StatusLinks({ counts, chosen }: { counts: StatusCount[]; chosen: string | undefined }) {
  const { search } = useLocation();
  const to = (status: string | undefined) =>
    listSearch(search, { status, page: undefined, until: undefined });
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  return (
    <nav
      aria-label="Alerts by status"
      className="mt-3 flex min-h-7 flex-wrap max-sm:min-h-13 gap-x-5 gap-y-2 text-small"
    >
      <StatusLink to={to(undefined)} isChosen={chosen === undefined}>
        All {counts.length > 0 && all.toLocaleString("en")}
      </StatusLink>
      {counts
        .filter(({ key, count }) => count > 0 || key === chosen?.toUpperCase())
        .map(({ key, name, colour, count }) => (
          <StatusLink key={key} to={to(key)} isChosen={key === chosen?.toUpperCase()}>
            <StatusDot colour={colour} />
            <bdi>{name}</bdi> {count.toLocaleString("en")}
          </StatusLink>
        ))}
    </nav>
  );
}

function StatusLink({
  to,
  isChosen,
  children,
}: {
  to: string;
  isChosen: boolean;
  children: React.ReactNode;
}) {
  const content = <span className="inline-flex items-center gap-1.5">{children}</span>;
  return isChosen ? (
    <span
      aria-current="true"
      className="font-medium underline decoration-link decoration-2 underline-offset-4"
    >
      {content}
    </span>
  ) : (
    <TextLink to={to}>{content}</TextLink>
  );
}
