import { app } from "#app/app.ts";
import { CreatedAt } from "#app/platform/portal/created-at.tsx";
import { FilterBar } from "#app/platform/portal/lists/filter-bar.tsx";
import { ListFrame } from "#app/platform/portal/lists/list-frame.tsx";
import { Cell, RecordRow, RecordTable, type Column } from "#app/platform/portal/lists/record-table.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { shortenId, ShortId } from "#app/ui/short-id.tsx";

import { loadLedgers } from "./load-ledgers.server.ts";
import type { Route } from "./+types/ledgers.ts";

const COLUMNS: readonly Column[] = [{ name: "Ledger" }, { name: "Id" }, { name: "Created", atEnd: true }];

export function meta(): Route.MetaDescriptors {
  return [{ title: `Ledgers · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args);
  return loadLedgers(readCloud, params, now);
}

export default function LedgersPage({ loaderData: list }: Route.ComponentProps) {
  return (
    <ListFrame
      title="Ledgers"
      noun={["ledger", "ledgers"]}
      scope="data:read"
      list={list}
      csv="ledgers.csv"
      empty="Your ledgers will be here once you create one in Blnk."
      filters={<FilterBar search={list.filters.q} searchLabel="Id or name" active={0} />}
    >
      {(rows) => (
        <RecordTable label="Ledgers" columns={COLUMNS}>
          {rows.map(({ ledger_id, name, created_at }) => (
            <RecordRow key={ledger_id}>
              <Cell place="title">
                <RecordLink kind="ledgers" id={ledger_id} cover>
                  <bdi>{name ?? `No name, ${shortenId(ledger_id)}`}</bdi>
                </RecordLink>
              </Cell>
              <Cell place="state">
                <ShortId id={ledger_id} />
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
