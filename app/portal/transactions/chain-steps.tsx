import type { ReactNode } from "react";

import type { ChainPart, ChainStep, TransactionChain } from "#app/platform/blnk/transaction-chain.ts";
import { Money } from "#app/ui/money.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { ShortId } from "#app/ui/short-id.tsx";

import { PermittedLink } from "#app/platform/portal/permission.tsx";
import { RecordLink, usePortalPath } from "#app/platform/portal/record-link.tsx";
import { TransactionStatusPill } from "./transaction-status-pill.tsx";

const WORDS: Record<ChainPart, string> = {
  queued: "Queued",
  scheduled: "Scheduled",
  rejected: "Rejected",
  applied: "Applied",
  held: "Held",
  committed: "Committed",
  voided: "Hold released",
  refund: "Refund",
  refund_reversed: "Refund reversed",
  other: "Row",
};

/** The rows of a chain in the order in which they came about. */
export function ChainSteps({
  chain,
  shownId,
  loadedAt,
}: {
  chain: TransactionChain;
  /** The row that was asked for. */
  shownId: string;
  loadedAt: number;
}) {
  const portalPath = usePortalPath();
  const refundable = chain.refundable.map(({ transaction_id }) => transaction_id);
  return (
    <Card>
      <ol className="divide-y divide-line text-small">
        {chain.steps.map((step) => (
          <li
            key={step.row.transaction_id}
            aria-current={step.row.transaction_id === shownId || undefined}
            className="px-4 py-3"
          >
            <Step {...step} isShown={step.row.transaction_id === shownId} loadedAt={loadedAt}>
              {refundable.length > 1 && refundable.includes(step.row.transaction_id) && (
                <PermittedLink
                  scope="data:write"
                  to={portalPath(`transactions/${encodeURIComponent(step.row.transaction_id)}/refund`)}
                >
                  Refund{" "}
                  <Money
                    minor={step.row.precise_amount}
                    precision={step.row.precision}
                    currency={step.row.currency}
                  />
                </PermittedLink>
              )}
            </Step>
          </li>
        ))}
      </ol>
      {!chain.complete && (
        <p className="border-t border-line px-4 py-3 text-small text-quiet">
          There are more rows than these.
        </p>
      )}
    </Card>
  );
}

function Step({
  part,
  row,
  isShown,
  loadedAt,
  children,
}: ChainStep & { isShown: boolean; loadedAt: number; children: ReactNode }) {
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <span className={isShown ? "font-semibold" : ""}>
          {isShown ? (
            WORDS[part]
          ) : (
            <RecordLink kind="transactions" id={row.transaction_id}>
              {WORDS[part]}
            </RecordLink>
          )}
        </span>
        <Money minor={row.precise_amount} precision={row.precision} currency={row.currency} />
      </div>
      <div className="mt-1.5 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-quiet">
        <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
          <TransactionStatusPill status={row.status} />
          <ShortId id={row.transaction_id} />
        </span>
        {row.created_at !== undefined && <RelativeTime at={row.created_at} loadedAt={loadedAt} />}
      </div>
      {row.rejection_reason && (
        <p className="mt-1.5">
          <bdi>{row.rejection_reason}</bdi>
        </p>
      )}
      {children && <p className="mt-3">{children}</p>}
    </>
  );
}
