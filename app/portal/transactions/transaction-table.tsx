import { Money } from "#app/ui/money.tsx";

import { CreatedAt } from "#app/platform/portal/created-at.tsx";
import { Cell, type Column, RecordRow, RecordTable } from "#app/platform/portal/lists/record-table.tsx";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { TransactionStatusPill } from "./transaction-status-pill.tsx";
import type { TransactionLine } from "./transaction-line.ts";

const COLUMNS: readonly Column[] = [
  { name: "Transaction" },
  { name: "Reference", wideOnly: true },
  { name: "Status" },
  { name: "Amount", atEnd: true },
  { name: "Created", atEnd: true },
];

/** Transaction rows. Seen from a balance, what leaves it has a minus. */
export function TransactionTable({
  label,
  rows,
  loadedAt,
  inMinorUnits = false,
  balanceId,
}: {
  label: string;
  rows: readonly TransactionLine[];
  loadedAt: number;
  inMinorUnits?: boolean;
  balanceId?: string;
}) {
  return (
    <RecordTable label={label} columns={COLUMNS}>
      {rows.map((row) => (
        <RecordRow key={row.transaction_id}>
          <Cell place="title">
            <RecordLink kind="transactions" id={row.transaction_id} cover>
              <bdi>{row.description ?? row.reference ?? row.transaction_id}</bdi>
            </RecordLink>
          </Cell>
          <Cell place="wide">
            <bdi className="text-quiet">{row.reference}</bdi>
          </Cell>
          <Cell place="state">
            <span className="inline-flex items-center gap-x-1.5 gap-y-1 max-sm:flex-wrap">
              <TransactionStatusPill status={row.status} />
              {row.outcome && (
                <span className="whitespace-nowrap text-quiet">
                  <span aria-hidden>→</span>
                  <span className="sr-only">then</span> {row.outcome.toLowerCase()}
                </span>
              )}
            </span>
          </Cell>
          <Cell place="figure">
            <Money
              minor={seenFrom(balanceId, row)}
              precision={inMinorUnits ? undefined : row.precision}
              currency={row.currency}
            />
          </Cell>
          <Cell place="end">
            <CreatedAt at={row.created_at} loadedAt={loadedAt} />
          </Cell>
        </RecordRow>
      ))}
    </RecordTable>
  );
}

function seenFrom(
  balanceId: string | undefined,
  { source, precise_amount }: TransactionLine,
): bigint | undefined {
  const leaves = balanceId !== undefined && source === balanceId;
  return leaves && precise_amount !== undefined ? -precise_amount : precise_amount;
}
