import { Money } from "#app/ui/money.tsx";

import type { BalancePrecision } from "#app/platform/portal/precision/balance-precision.ts";

/** An amount of a balance. Its precision is nowhere in Blnk, so one that is only assumed is marked. */
export function BalanceMoney({
  minor,
  currency,
  precision: { precision, assumed },
  inMinorUnits = false,
}: {
  minor: bigint | undefined;
  currency: string | undefined;
  precision: BalancePrecision;
  inMinorUnits?: boolean;
}) {
  return (
    <span className="inline-flex flex-wrap justify-end gap-x-1.5">
      <Money minor={minor} precision={inMinorUnits ? undefined : precision} currency={currency} />
      {assumed && !inMinorUnits && minor !== undefined && minor !== 0n && (
        <span className="text-label leading-relaxed text-quiet">assumed</span>
      )}
    </span>
  );
}
