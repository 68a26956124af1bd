import type { ChainPart, ChainStep, TransactionChain } from "#app/blnk/transaction-chain.ts";
import { Money } from "#app/ui/money.tsx";
import { Panel } from "#app/ui/panel.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { ShortId } from "#app/ui/short-id.tsx";

import { RecordLink } from "../record-link.tsx";
import { TransactionStatusPill } from "../transaction-status-pill.tsx";

const WORDS: Record<ChainPart, string> = {
  queued: "Queued",
  scheduled: "Scheduled",
  rejected: "Rejected",
  applied: "Applied",
  held: "Held",
  committed: "Committed",
  voided: "Hold released",
  refund: "Refund",
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
  return (
    <Panel>
      <ol className="divide-y divide-line text-small">
        {chain.steps.map((step) => (
          <li
            key={step.row.transaction_id}
            aria-current={step.row.transaction_id === shownId || undefined}
            className="px-4 py-3"
          >
            <Step {...step} isShown={step.row.transaction_id === shownId} loadedAt={loadedAt} />
          </li>
        ))}
      </ol>
      {!chain.complete && (
        <p className="border-t border-line px-4 py-3 text-small text-quiet">
          There are more rows than these.
        </p>
      )}
    </Panel>
  );
}

function Step({ part, row, isShown, loadedAt }: ChainStep & { isShown: boolean; loadedAt: number }) {
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
    </>
  );
}
