import { availableOf } from "#app/platform/blnk/available-balance.ts";
import { shortenId } from "#app/ui/short-id.tsx";

import { CreatedAt } from "#app/platform/portal/created-at.tsx";
import { Cell, type Column, RecordRow, RecordTable } from "#app/platform/portal/lists/record-table.tsx";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import type { BalanceLine } from "./balance-line.ts";
import { BalanceMoney } from "./balance-money.tsx";

const COLUMNS: readonly Column[] = [
  { name: "Balance" },
  { name: "Ledger" },
  { name: "Available", atEnd: true, wideOnly: true },
  { name: "Balance now", atEnd: true },
  { name: "Created", atEnd: true },
];

export function BalanceTable({
  label,
  rows,
  loadedAt,
  inMinorUnits = false,
}: {
  label: string;
  rows: readonly BalanceLine[];
  loadedAt: number;
  inMinorUnits?: boolean;
}) {
  return (
    <RecordTable label={label} columns={COLUMNS}>
      {rows.map((row) => (
        <RecordRow key={row.balance_id}>
          <Cell place="title">
            <RecordLink kind="balances" id={row.balance_id} cover>
              <bdi>{row.name ?? shortenId(row.balance_id)}</bdi>
            </RecordLink>
          </Cell>
          <Cell place="state">
            <bdi className="text-quiet">{row.ledger_name ?? (row.ledger_id && shortenId(row.ledger_id))}</bdi>
          </Cell>
          <Cell place="wideFigure">
            <BalanceMoney {...row} minor={availableOf(row)} inMinorUnits={inMinorUnits} />
          </Cell>
          <Cell place="figure">
            <BalanceMoney {...row} minor={row.balance} inMinorUnits={inMinorUnits} />
          </Cell>
          <Cell place="end">
            <CreatedAt at={row.created_at} loadedAt={loadedAt} />
          </Cell>
        </RecordRow>
      ))}
    </RecordTable>
  );
}
