import type { TransactionChain } from "#app/platform/blnk/transaction-chain.ts";

import { PermittedLink } from "#app/platform/portal/permission.tsx";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";

/** What can be done with a transaction as it stands. */
export function TransactionActions({ chain: { hold, refundable } }: { chain: TransactionChain }) {
  const portalPath = usePortalPath();
  const pathOf = (id: string, kind: string) => portalPath(`transactions/${encodeURIComponent(id)}/${kind}`);
  const isOpen = hold && hold.remaining !== 0n;
  // Several have a link each, beside their rows.
  const only = refundable.length === 1 ? refundable[0] : undefined;
  if (!isOpen && !only) return null;
  return (
    // On a phone they arrive behind what is there already, so that nothing moves.
    <span className="flex flex-wrap gap-2 max-sm:order-last">
      {isOpen && (
        <>
          <PermittedLink kind="primary" scope="data:write" to={pathOf(hold.row.transaction_id, "commit")}>
            Commit
          </PermittedLink>
          <PermittedLink scope="data:write" to={pathOf(hold.row.transaction_id, "void")}>
            Void
          </PermittedLink>
        </>
      )}
      {only && (
        <PermittedLink scope="data:write" to={pathOf(only.transaction_id, "refund")}>
          Refund
        </PermittedLink>
      )}
    </span>
  );
}
