import { ShortId, shortenId } from "#app/ui/short-id.tsx";

import { CreatedAt } from "#app/platform/portal/created-at.tsx";
import { FilterBar } from "#app/platform/portal/lists/filter-bar.tsx";
import { ListFrame } from "#app/platform/portal/lists/list-frame.tsx";
import { Cell, type Column, RecordRow, RecordTable } from "#app/platform/portal/lists/record-table.tsx";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import type { LedgerList } from "./load-ledgers.server.ts";

const COLUMNS: readonly Column[] = [{ name: "Ledger" }, { name: "Id" }, { name: "Created", atEnd: true }];

export function LedgersPage(list: LedgerList) {
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
