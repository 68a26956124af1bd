import { app } from "#app/app.ts";
import { CloudResultBlock, WhenRead } from "#app/platform/portal/cloud-result-block.tsx";
import { MetadataBlock } from "#app/platform/portal/metadata-block.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RecordHead, RecordName } from "#app/platform/portal/record-head.tsx";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { TransactionActions } from "#app/portal/actions/transaction-actions.tsx";
import { FlagLink } from "#app/portal/alerts/flag-link.tsx";
import { NoteLink } from "#app/portal/notes/note-link.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Money } from "#app/ui/money.tsx";
import { Card } from "#app/ui/card.tsx";
import { ExactTime, RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { shortenId, ShortId } from "#app/ui/short-id.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { ChainSteps } from "./chain-steps.tsx";
import { loadTransaction, type TransactionRead } from "./load-transaction.server.ts";
import { TransactionStatusPill } from "./transaction-status-pill.tsx";
import type { Route } from "./+types/transaction.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Transaction · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, now } = openReads(args);
  return loadTransaction(readCloud, args.params.transactionId, now);
}

export default function TransactionPage({
  loaderData: { loadedAt, transactionId, transaction },
}: Route.ComponentProps) {
  return (
    <>
      <RecordHead
        kind="Transaction"
        id={transactionId}
        name={
          <RecordName id={transactionId} reading={transaction}>
            {({ chain: { root } }) => root.description ?? root.reference}
          </RecordName>
        }
      >
        <WhenRead reading={transaction}>{({ chain }) => <TransactionActions chain={chain} />}</WhenRead>
        <NoteLink entityId={transactionId} />
        <FlagLink entityId={transactionId} />
      </RecordHead>
      <CloudResultBlock
        what="The transaction"
        scope="data:read"
        reading={transaction}
        resetKey={loadedAt}
        skeleton={<Skeleton label="Loading the transaction" rows={6} listClassName="" rowClassName="h-12" />}
      >
        {(value) => <Transaction read={value} loadedAt={loadedAt} />}
      </CloudResultBlock>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

function Transaction({ read, loadedAt }: { read: TransactionRead; loadedAt: number }) {
  const { chain, row, source, destination } = read;
  const { root, hold, refund } = chain;
  return (
    <div className="grid gap-6 lg:grid-cols-3">
      <div className="min-w-0 space-y-6 lg:col-span-2">
        <Card className="p-4">
          <p className="text-title leading-tight font-semibold sm:text-key sm:leading-tight">
            <Money minor={root.precise_amount} precision={root.precision} currency={root.currency} />
          </p>
          <p className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 text-small">
            <TransactionStatusPill status={chain.status} />
            {refund && <span>{REFUND_WORDS[refund.state]}</span>}
            {refund && refund.net !== 0n && (
              <span className="text-quiet">
                Net moved{" "}
                <span className="text-text">
                  <Money minor={refund.net} precision={root.precision} currency={root.currency} />
                </span>
              </span>
            )}
            {hold && (
              <span className="text-quiet">
                Remaining hold{" "}
                <span className="text-text">
                  <Money minor={hold.remaining} precision={hold.row.precision} currency={hold.row.currency} />
                </span>
              </span>
            )}
          </p>
          {hold && hold.excess > 0n && (
            <p className="mt-3 max-w-prose text-small">
              Blnk settled more than this hold had:{" "}
              <Money minor={hold.excess} precision={hold.row.precision} currency={hold.row.currency} /> came
              out of another hold between the same balances.
            </p>
          )}
        </Card>
        <Section label="What happened">
          <ChainSteps chain={chain} shownId={row.transaction_id} loadedAt={loadedAt} />
        </Section>
      </div>
      <div className="min-w-0 space-y-6">
        <Section label="Details">
          <Card>
            <DescriptionList>
              <Fact term="From">
                <Side {...source} />
              </Fact>
              <Fact term="To">
                <Side {...destination} />
              </Fact>
              <Fact term="Reference">{root.reference}</Fact>
              <Fact term="Part of">{chain.batch && <ShortId id={chain.batch} />}</Fact>
              <Fact term="Minor units">
                {root.precise_amount !== undefined &&
                  `${root.precise_amount}${root.precision === undefined ? "" : `, ${root.precision} to one ${root.currency ?? "unit"}`}`}
              </Fact>
              <Fact term="Effective">{root.effective_date && <ExactTime at={root.effective_date} />}</Fact>
              <Fact term="Scheduled for">{root.scheduled_for && <ExactTime at={root.scheduled_for} />}</Fact>
              <Fact term="Created">
                {root.created_at && <RelativeTime at={root.created_at} loadedAt={loadedAt} />}
              </Fact>
            </DescriptionList>
          </Card>
        </Section>
        <MetadataBlock json={read.metadata} />
      </div>
    </div>
  );
}

const REFUND_WORDS = {
  fully: "Refunded",
  partly: "Partly refunded",
  reversed: "Refund reversed",
  unknown: "Refunded",
};

function Side({ id, name }: { id: string | undefined; name: string | undefined }) {
  if (!id) return <>Not known</>;
  if (!id.startsWith("bln_")) return <bdi>{id}</bdi>;
  return (
    <RecordLink kind="balances" id={id}>
      <bdi>{name ?? shortenId(id)}</bdi>
    </RecordLink>
  );
}
