import { Panel } from "#app/ui/panel.tsx";
import { Section } from "#app/ui/section.tsx";
import { TextLink } from "#app/ui/text-link.tsx";
import { Money } from "#app/ui/money.tsx";

import { usePortalPath } from "../record-link.tsx";
import { availableOf } from "./balance-line.ts";
import type { BalanceRead } from "./load-balance.server.ts";

/** All that Blnk keeps of a balance's money, what of it can be spent, and on a click the numbers as they are stored. */
export function BalanceAmounts({ balance }: { balance: BalanceRead }) {
  const { currency, precision } = balance;
  const available = availableOf(balance);
  const amounts = [
    ["Balance", balance.balance],
    ["Credits", balance.credit_balance],
    ["Debits", balance.debit_balance],
    ["Inflight", balance.inflight_balance],
    ["Inflight credits", balance.inflight_credit_balance],
    ["Inflight debits", balance.inflight_debit_balance],
  ] as const;
  return (
    <Section label="Amounts">
      <Panel>
        <div className="border-b border-line p-4">
          <p className="text-small text-quiet">Available</p>
          <p className="text-title leading-tight font-semibold sm:text-key sm:leading-tight">
            <Money minor={available} precision={precision.precision} currency={currency} />
          </p>
          <p className="text-small text-quiet">The balance less what is held for debits.</p>
        </div>
        <dl className="grid gap-px overflow-hidden bg-line sm:grid-cols-3">
          {amounts.map(([term, minor]) => (
            <div key={term} className="flex flex-wrap justify-between gap-x-4 bg-panel px-4 py-2.5 sm:block">
              <dt className="text-small text-quiet">{term}</dt>
              <dd className="text-end sm:text-start">
                <Money minor={minor} precision={precision.precision} currency={currency} />
              </dd>
            </div>
          ))}
        </dl>
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 border-t border-line p-4 text-small">
          <PrecisionNote balance={balance} />
          <details className="min-w-0">
            <summary className="w-fit text-link">Minor units</summary>
            <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 tabular-nums">
              {[["Available", available] as const, ...amounts].map(([term, minor]) => (
                <div key={term} className="contents">
                  <dt className="text-quiet">{term}</dt>
                  <dd className="text-end">{minor === undefined ? "not known" : minor.toString()}</dd>
                </div>
              ))}
            </dl>
          </details>
        </div>
      </Panel>
    </Section>
  );
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
