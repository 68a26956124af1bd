import { PermittedLink } from "../permission.tsx";
import { usePortalPath } from "../record-link.tsx";

/** What can be done with a balance. */
export function BalanceActions({ balance: { balance_id } }: { balance: { balance_id: string } }) {
  const portalPath = usePortalPath();
  return (
    <div className="flex flex-wrap gap-2">
      <PermittedLink scope="data:write" to={portalPath(`adjustment?from=${encodeURIComponent(balance_id)}`)}>
        Adjust
      </PermittedLink>
    </div>
  );
}
