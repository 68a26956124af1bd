import { Money } from "#app/ui/money.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import type { ShownTotals } from "./load-overview.server.ts";

const TILES = "grid gap-2 sm:gap-3 md:grid-cols-2 xl:grid-cols-3";
const TILE = "min-h-31 p-4";

export function CurrencyTotals({ currencies }: ShownTotals) {
  if (currencies.length === 0) {
    return (
      <EmptyNote>The sum of your balances in each currency will be here once a ledger has one.</EmptyNote>
    );
  }
  return (
    <ul className={TILES}>
      {currencies.map((total) => (
        <li key={total.currency ?? ""} className="@container">
          <Total {...total} />
        </li>
      ))}
    </ul>
  );
}

export function CurrencyTotalsSkeleton() {
  return (
    <Skeleton
      label="Loading balances"
      rows={3}
      listClassName={TILES}
      rowClassName={`rounded-panel border border-line bg-panel max-sm:last:hidden ${TILE}`}
    />
  );
}

function Total({
  currency,
  minor,
  heldOut,
  heldIn,
  precision,
  balances,
  unreadable,
}: ShownTotals["currencies"][number]) {
  const amount = { precision, currency: currency ?? "No currency" };
  return (
    <Card className={`h-full ${TILE}`}>
      <p className="text-title leading-tight font-semibold @min-[22rem]:text-key @min-[22rem]:leading-tight">
        <Money minor={minor} {...amount} />
      </p>
      <dl className="mt-1 text-small text-quiet">
        {[["Inflight out", heldOut] as const, ["Inflight in", heldIn] as const].map(([term, minor]) => (
          <div key={term} className="flex flex-wrap justify-between gap-x-4">
            <dt>{term}</dt>
            <dd>
              <Money minor={minor} {...amount} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-small text-quiet">
        {balances === 1 ? "1 balance" : `${balances.toLocaleString("en")} balances`}, precision assumed
        {unreadable > 0 && `; ${unreadable.toLocaleString("en")} left out, the amount cannot be read`}
      </p>
    </Card>
  );
}
