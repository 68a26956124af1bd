import { TriangleAlert } from "lucide-react";

import { Money } from "#app/ui/money.tsx";
import { Card } from "#app/ui/card.tsx";

import { RecordLink } from "#app/platform/portal/record-link.tsx";
import type { ShownPlan, ShownSide } from "./show-plan.server.ts";

/** Both balances, before and after. */
export function EffectCard({ plan }: { plan: ShownPlan }) {
  return (
    <div className="grid gap-3 md:grid-cols-2">
      <Side word="From" side={plan.source} units={plan} />
      <Side word="To" side={plan.destination} units={plan} />
    </div>
  );
}

type Units = Pick<ShownPlan, "precision" | "currency">;

function Side({ word, side, units }: { word: string; side: ShownSide; units: Units }) {
  return (
    <Card className="p-4 text-small">
      <p>
        <span className="text-quiet">{word} </span>
        <RecordLink kind="balances" id={side.balance_id}>
          <bdi>{side.name}</bdi>
        </RecordLink>
      </p>
      {side.effect && (
        <dl className="mt-2 grid grid-cols-[fit-content(40%)_minmax(0,1fr)] gap-x-4 gap-y-1">
          <Change term="Balance" {...amounts(side.effect, "balance")} units={units} />
          <Change term="Available" {...amounts(side.effect, "available")} units={units} />
        </dl>
      )}
      {side.goesBelowZero && (
        <p className="mt-2 flex items-start gap-1.5 text-attention">
          <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span>
            <bdi>{side.name}</bdi> goes below zero.
          </span>
        </p>
      )}
    </Card>
  );
}

function amounts({ before, after }: NonNullable<ShownSide["effect"]>, which: "balance" | "available") {
  return { before: before[which], after: after[which] };
}

function Change({
  term,
  before,
  after,
  units: { precision, currency },
}: {
  term: string;
  before: bigint | undefined;
  after: bigint | undefined;
  units: Units;
}) {
  return (
    <>
      <dt className="text-quiet">{term}</dt>
      <dd className="text-end">
        <span className="block text-quiet">
          <span className="sr-only">before </span>
          <Money minor={before} precision={precision} currency={currency} />
        </span>
        {before !== after ? (
          <span className="block font-medium">
            <span aria-hidden>→ </span>
            <span className="sr-only">after </span>
            <Money minor={after} precision={precision} currency={currency} />
          </span>
        ) : (
          <span className="block text-quiet">unchanged</span>
        )}
      </dd>
    </>
  );
}

/** What forbids an action, and what is odd about it. */
export function PlanNotes({ problems, warnings }: Pick<ShownPlan, "problems" | "warnings">) {
  if (problems.length + warnings.length === 0) return null;
  return (
    <ul className="space-y-1 text-small">
      {problems.map((problem) => (
        <Note key={problem} tone="text-bad">
          {problem}
        </Note>
      ))}
      {warnings.map((warning) => (
        <Note key={warning} tone="text-attention">
          {warning}
        </Note>
      ))}
    </ul>
  );
}

function Note({ tone, children }: { tone: string; children: string }) {
  return (
    <li className={`flex items-start gap-1.5 ${tone}`}>
      <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <bdi>{children}</bdi>
    </li>
  );
}

export function LimitNote({ limit }: Pick<ShownPlan, "limit">) {
  if (!limit) return null;
  const { currency, per_action, per_day } = limit;
  const parts = [
    per_action !== null && `${currency} ${per_action} by one action`,
    per_day !== null && `${currency} ${per_day} in one day (UTC)`,
  ].filter(Boolean);
  return <p className="text-small text-quiet">At most {parts.join(" and ")} may be moved here.</p>;
}
