import { ButtonLink } from "#app/ui/button.tsx";

import { usePortalPath } from "../record-link.tsx";
import type { TransactionChain } from "#app/blnk/transaction-chain.ts";

/** What can be done with a transaction as it stands. */
export function TransactionActions({ chain: { hold, refundable } }: { chain: TransactionChain }) {
  const portalPath = usePortalPath();
  return (
    <div className="flex flex-wrap gap-2">
      {hold && hold.remaining !== 0n && (
        <>
          <ButtonLink to={portalPath(`commit/${hold.row.transaction_id}`)}>Commit</ButtonLink>
          <ButtonLink to={portalPath(`void/${hold.row.transaction_id}`)}>Void</ButtonLink>
        </>
      )}
      {refundable && <ButtonLink to={portalPath(`refund/${refundable.transaction_id}`)}>Refund</ButtonLink>}
    </div>
  );
}
