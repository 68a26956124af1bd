import { ButtonLink } from "#app/ui/button.tsx";

import { usePortalPath } from "../record-link.tsx";

/** What can be done with a balance. */
export function BalanceActions({ balance }: { balance: { balance_id: string } }) {
  const portalPath = usePortalPath();
  return (
    <div className="flex flex-wrap gap-2">
      <ButtonLink to={portalPath(`adjustment?from=${balance.balance_id}`)}>Adjust</ButtonLink>
    </div>
  );
}
