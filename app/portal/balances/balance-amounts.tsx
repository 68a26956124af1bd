import type { ReactNode } from "react";

import { availableOf } from "#app/platform/blnk/available-balance.ts";
import { Money } from "#app/ui/money.tsx";
import { Card } from "#app/ui/card.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { usePortalPath } from "#app/platform/portal/record-link.tsx";
import type { BalanceRead } from "./load-balance.server.ts";

const AMOUNTS = [
  ["Balance", "balance"],
  ["Credits", "credit_balance"],
  ["Debits", "debit_balance"],
  ["Inflight", "inflight_balance"],
  ["Inflight credits", "inflight_credit_balance"],
  ["Inflight debits", "inflight_debit_balance"],
] as const;

/** All that Blnk keeps of a balance's money, what of it can be spent, and on a click the numbers as they are stored. */
export function BalanceAmounts({ balance }: { balance: BalanceRead }) {
  const minorUnits = [
    ["Available", availableOf(balance)] as const,
    ...AMOUNTS.map(([term, field]) => [term, balance[field]] as const),
  ];
  return (
    <Amounts balance={balance}>
      <PrecisionNote balance={balance} />
      <details className="min-w-0">
        <summary className="w-fit text-link">Minor units</summary>
        <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 tabular-nums">
          {minorUnits.map(([term, minor]) => (
            <div key={term} className="contents">
              <dt className="text-quiet">{term}</dt>
              <dd className="text-end">{minor === undefined ? "not known" : minor.toString()}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Amounts>
  );
}

/** The same before the balance is read, and so exactly as large. */
export function BalanceAmountsSkeleton() {
  return (
    <>
      <output className="sr-only">Loading the balance</output>
      <div aria-hidden>
        <Amounts balance={undefined}>
          <span className="min-h-17 sm:min-h-5">
            <Bar />
          </span>
        </Amounts>
      </div>
    </>
  );
}

function Amounts({ balance, children }: { balance: BalanceRead | undefined; children: ReactNode }) {
  const money = (minor: bigint | undefined) =>
    balance ? (
      <Money minor={minor} precision={balance.precision.precision} currency={balance.currency} />
    ) : (
      <Bar />
    );
  return (
    <Card className="@container">
      <div className="border-b border-line p-4">
        <p className="text-small text-quiet">Available</p>
        <p className="text-title leading-tight font-semibold sm:text-key sm:leading-tight">
          {money(balance && availableOf(balance))}
        </p>
        <p className="text-small text-quiet">The balance less what is held for debits.</p>
      </div>
      <dl className="grid gap-px overflow-hidden bg-line @md:grid-cols-2 @2xl:grid-cols-3">
        {AMOUNTS.map(([term, field]) => (
          <div key={term} className="flex flex-wrap justify-between gap-x-4 bg-panel px-4 py-2.5 @md:block">
            <dt className="text-small text-quiet">{term}</dt>
            <dd className="text-end @md:text-start">{money(balance?.[field])}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 border-t border-line p-4 text-small">
        {children}
      </div>
    </Card>
  );
}

function Bar() {
  return <span className="inline-block h-2.5 w-24 animate-appear rounded-full bg-line" />;
}

function PrecisionNote({ balance: { precision, currency } }: { balance: BalanceRead }) {
  const portalPath = usePortalPath();
  const units = `${precision.precision.toLocaleString("en")} minor units to one ${currency ?? "unit"}`;
  if (!precision.assumed) return <p className="text-quiet">{units}, as in its newest rows.</p>;
  return (
    <p className="text-quiet">
      {units}, <span className="text-attention">assumed</span>: its rows do not tell.{" "}
      <TextLink to={portalPath(`precision?currency=${encodeURIComponent(currency ?? "")}`)}>Change</TextLink>
    </p>
  );
}
