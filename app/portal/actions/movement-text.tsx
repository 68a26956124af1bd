import type { ReactNode } from "react";

import type { ActionKind } from "#app/actions/action.ts";
import { type Amount, Money } from "#app/ui/money.tsx";

/** What the money does once an action is confirmed; the names in it are other people's text. */
export function MovementText({
  kind,
  amount,
  from,
  to,
  left,
}: {
  kind: ActionKind;
  amount: Amount;
  from: string;
  to: string;
  /** What a commit leaves held. */
  left: bigint;
}) {
  const texts: Record<ActionKind, ReactNode> = {
    commit: (
      <>
        <Money {...amount} />, held until now, leaves <bdi>{from}</bdi> and arrives at <bdi>{to}</bdi>.
        {left > 0n && (
          <>
            {" "}
            <Money {...amount} minor={left} /> stays held.
          </>
        )}
      </>
    ),
    void: (
      <>
        <Money {...amount} />, held until now for <bdi>{to}</bdi>, is available to <bdi>{from}</bdi> again. No
        balance changes.
      </>
    ),
    refund: (
      <>
        <Money {...amount} /> goes back from <bdi>{from}</bdi> to <bdi>{to}</bdi>, even where that leaves the
        first below zero.
      </>
    ),
    adjustment: (
      <>
        <Money {...amount} /> is taken from <bdi>{from}</bdi> and given to <bdi>{to}</bdi>.
      </>
    ),
  };
  return <p className="max-w-prose">{texts[kind]}</p>;
}
