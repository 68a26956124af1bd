import { useLocation } from "react-router";

import { app } from "#app/app.ts";
import { TimeChartFigure } from "#app/platform/portal/charts/time-chart-figure.tsx";
import { CloudResultBlock, WhenRead } from "#app/platform/portal/cloud-result-block.tsx";
import { listSearch } from "#app/platform/portal/lists/list-state.ts";
import { MetadataBlock } from "#app/platform/portal/metadata-block.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RecordHead, RecordName } from "#app/platform/portal/record-head.tsx";
import { RecordLink, usePortalPath } from "#app/platform/portal/record-link.tsx";
import { AdjustLink } from "#app/portal/actions/adjust-link.tsx";
import { FlagLink } from "#app/portal/alerts/flag-link.tsx";
import { WatchLink } from "#app/portal/monitors/watch-link.tsx";
import { NoteLink } from "#app/portal/notes/note-link.tsx";
import { TransactionTable } from "#app/portal/transactions/transaction-table.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { shortenId } from "#app/ui/short-id.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { BalanceAmounts, BalanceAmountsSkeleton } from "./balance-amounts.tsx";
import { HISTORY_DAYS } from "./history-days.ts";
import { loadBalance, type BalancePageData, type BalanceRead } from "./load-balance.server.ts";
import type { BalanceHistory } from "./read-balance-history.server.ts";
import type { Route } from "./+types/balance.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Balance · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, params, now } = openReads(args);
  const { balanceId } = args.params;
  return loadBalance(readCloud, await readAssumed(), { balanceId, days: params.get("days"), now });
}

export default function BalancePage({
  loaderData: { loadedAt, balanceId, days, balance, history, transactions },
}: Route.ComponentProps) {
  return (
    <>
      <RecordHead
        kind="Balance"
        id={balanceId}
        name={
          <RecordName id={balanceId} reading={balance}>
            {({ name }) => name}
          </RecordName>
        }
      >
        <AdjustLink balanceId={balanceId} />
        <WatchLink balanceId={balanceId} />
        <NoteLink entityId={balanceId} />
        <FlagLink entityId={balanceId} />
      </RecordHead>
      <div className="grid gap-6 lg:grid-cols-3">
        <div className="min-w-0 space-y-6 lg:col-span-2">
          <Section label="Amounts">
            <CloudResultBlock
              what="The balance"
              scope="data:read"
              reading={balance}
              resetKey={loadedAt}
              skeleton={<BalanceAmountsSkeleton />}
            >
              {(value) => <BalanceAmounts balance={value} />}
            </CloudResultBlock>
          </Section>
          <Section label="History">
            <HistoryPanel reading={history} days={days} loadedAt={loadedAt} />
          </Section>
          <Section label="Transactions">
            <ItsTransactions balanceId={balanceId} reading={transactions} loadedAt={loadedAt} />
          </Section>
        </div>
        <WhenRead reading={balance}>
          {(value) => (
            <div className="min-w-0 space-y-6">
              <Section label="Details">
                <Card>
                  <Details balance={value} loadedAt={loadedAt} />
                </Card>
              </Section>
              <MetadataBlock json={value.metadata} />
            </div>
          )}
        </WhenRead>
      </div>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

/** With the room that a chart and its note take, whatever comes of it. */
function HistoryPanel({
  reading,
  days,
  loadedAt,
}: {
  reading: BalancePageData["history"];
  days: number;
  loadedAt: number;
}) {
  return (
    <Card>
      <RangeLinks days={days} />
      <div className="flex min-h-80 flex-col sm:min-h-76">
        <CloudResultBlock
          what="The history"
          scope="data:read"
          reading={reading}
          resetKey={loadedAt}
          skeleton={
            <Skeleton
              label="Loading the history"
              rows={1}
              listClassName="flex-1 px-4"
              rowClassName="h-full"
            />
          }
        >
          {(value) => <History {...value} days={days} />}
        </CloudResultBlock>
      </div>
    </Card>
  );
}

function ItsTransactions({
  balanceId,
  reading,
  loadedAt,
}: {
  balanceId: string;
  reading: BalancePageData["transactions"];
  loadedAt: number;
}) {
  const portalPath = usePortalPath();
  return (
    <CloudResultBlock
      what="Its transactions"
      scope="data:read"
      reading={reading}
      resetKey={loadedAt}
      skeleton={
        <Skeleton
          label="Loading transactions"
          rows={5}
          listClassName="divide-y divide-line rounded-panel border border-line bg-panel"
          rowClassName="h-16 px-4 sm:h-11"
        />
      }
    >
      {(rows) =>
        rows.length === 0 ? (
          <EmptyNote>Its transactions will be here once there is one.</EmptyNote>
        ) : (
          <Card>
            <TransactionTable
              label="Its transactions"
              rows={rows}
              loadedAt={loadedAt}
              balanceId={balanceId}
            />
            <p className="border-t border-line px-4 py-3 text-small">
              <TextLink to={portalPath(`transactions?q=${encodeURIComponent(balanceId)}`)}>
                All its transactions
              </TextLink>
            </p>
          </Card>
        )
      }
    </CloudResultBlock>
  );
}

function Details({ balance, loadedAt }: { balance: BalanceRead; loadedAt: number }) {
  return (
    <DescriptionList>
      <Fact term="Ledger">
        {balance.ledger_id && (
          <RecordLink kind="ledgers" id={balance.ledger_id}>
            <bdi>{balance.ledger_name ?? shortenId(balance.ledger_id)}</bdi>
          </RecordLink>
        )}
      </Fact>
      <Fact term="Identity">
        {balance.identity_id ? (
          <RecordLink kind="identities" id={balance.identity_id}>
            <bdi>{balance.identity_name ?? shortenId(balance.identity_id)}</bdi>
          </RecordLink>
        ) : (
          "None"
        )}
      </Fact>
      <Fact term="Indicator">{balance.indicator}</Fact>
      <Fact term="Currency">{balance.currency}</Fact>
      <Fact term="Changes">{balance.version?.toLocaleString("en")}</Fact>
      <Fact term="Tracks its funds">{balance.track_fund_lineage ? "Yes" : undefined}</Fact>
      <Fact term="Created">
        {balance.created_at && <RelativeTime at={balance.created_at} loadedAt={loadedAt} />}
      </Fact>
    </DescriptionList>
  );
}

function RangeLinks({ days }: { days: number }) {
  const { search } = useLocation();
  return (
    <p className="flex gap-4 px-4 pt-4 text-small">
      {HISTORY_DAYS.map((choice) =>
        choice === days ? (
          <span key={choice} aria-current="true" className="font-medium">
            {choice} days
          </span>
        ) : (
          <TextLink key={choice} to={listSearch(search, { days: String(choice) })} preventScrollReset replace>
            {choice} days
          </TextLink>
        ),
      )}
    </p>
  );
}

function History({ chart, from, days }: BalanceHistory & { days: number }) {
  return (
    <div className="p-4 pt-3">
      <TimeChartFigure chart={chart} label={`Balance over the last ${days} days`} valueName="Balance" />
      <p className="mt-2 text-label text-quiet">
        {from === "rows"
          ? "Every applied row, by its effective date. Holds are not in it."
          : "The balance at equally spaced moments, by effective date. Holds are not in it."}
      </p>
    </div>
  );
}
