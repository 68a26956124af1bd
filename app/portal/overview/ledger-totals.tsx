import { Money } from "#app/ui/money.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { shortenId } from "#app/ui/short-id.tsx";

import { RecordLink } from "#app/platform/portal/record-link.tsx";
import type { ShownTotals } from "./load-overview.server.ts";

type LedgerTotal = ShownTotals["ledgers"][number];

/** Each ledger once, with its sum in each currency. */
export function LedgerTotals({ ledgers }: ShownTotals) {
  if (ledgers.length === 0)
    return <EmptyNote>The sum of each ledger will be here once it has a balance.</EmptyNote>;
  const groups = Map.groupBy(ledgers, ({ ledger_id }) => ledger_id);
  return (
    <Card>
      <ul className="divide-y divide-line text-small">
        {[...groups].map(([ledgerId, totals]) => (
          <li
            key={ledgerId ?? ""}
            className="grid min-h-11 grid-cols-[minmax(0,1fr)_fit-content(65%)] gap-x-4 px-4 py-2.5"
          >
            <LedgerName id={ledgerId} name={totals[0]!.ledger_name} />
            <Sums totals={totals} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function LedgerName({ id, name }: { id: string | undefined; name: string | undefined }) {
  if (id === undefined) return <span>No ledger</span>;
  return (
    <span>
      <RecordLink kind="ledgers" id={id}>
        <bdi>{name ?? shortenId(id)}</bdi>
      </RecordLink>
    </span>
  );
}

function Sums({ totals }: { totals: LedgerTotal[] }) {
  return (
    <ul className="space-y-1 text-end">
      {totals.map(({ currency, minor, precision }) => (
        <li key={currency ?? ""}>
          <Money minor={minor} precision={precision} currency={currency ?? "No currency"} />
        </li>
      ))}
    </ul>
  );
}
