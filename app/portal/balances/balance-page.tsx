import { useLocation } from "react-router";

import { Fact, Facts } from "#app/ui/facts.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { Panel } from "#app/ui/panel.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { shortenId } from "#app/ui/short-id.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { BalanceActions } from "../actions/balance-actions.tsx";
import { FlagLink } from "../alerts/flag-link.tsx";
import { TimeChartFigure } from "../charts/time-chart-figure.tsx";
import { listSearch } from "../lists/list-state.ts";
import { MetadataBlock } from "../metadata-block.tsx";
import { NoteLink } from "../notes/note-link.tsx";
import { ReadingBlock } from "../reading-block.tsx";
import { RecordHead } from "../record-head.tsx";
import { RecordLink, usePortalPath } from "../record-link.tsx";
import { TransactionTable } from "../transactions/transaction-table.tsx";
import { BalanceAmounts } from "./balance-amounts.tsx";
import { HISTORY_DAYS } from "./history-days.ts";
import type { BalancePageData, BalanceRead } from "./load-balance.server.ts";
import type { BalanceHistory } from "./read-balance-history.server.ts";

export function BalancePage({ loadedAt, balanceId, days, balance, history, transactions }: BalancePageData) {
  const portalPath = usePortalPath();
  return (
    <>
      <RecordHead kind="Balance" id={balanceId}>
        <span className="inline-flex flex-wrap gap-2">
          <NoteLink entityId={balanceId} />
          <FlagLink entityId={balanceId} />
        </span>
      </RecordHead>
      <ReadingBlock
        what="The balance"
        reading={balance}
        loadedAt={loadedAt}
        skeleton={<Skeleton label="Reading the balance" rows={6} listClassName="" rowClassName="h-12" />}
      >
        {(value) => <Head balance={value} loadedAt={loadedAt} />}
      </ReadingBlock>
      <div className="mt-6 space-y-6">
        <Section label="History">
          <Panel className="p-4">
            <RangeLinks days={days} />
            <ReadingBlock
              what="The history"
              reading={history}
              loadedAt={loadedAt}
              skeleton={
                <Skeleton label="Reading the history" rows={1} listClassName="" rowClassName="h-64" />
              }
            >
              {(value) => <History {...value} days={days} />}
            </ReadingBlock>
          </Panel>
        </Section>
        <Section label="Transactions">
          <Panel>
            <ReadingBlock
              what="Its transactions"
              reading={transactions}
              loadedAt={loadedAt}
              skeleton={
                <Skeleton
                  label="Reading transactions"
                  rows={5}
                  listClassName="divide-y divide-line"
                  rowClassName="h-16 px-4 sm:h-11"
                />
              }
            >
              {(rows) =>
                rows.length === 0 ? (
                  <EmptyNote>Its transactions will be here once there is one.</EmptyNote>
                ) : (
                  <>
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
                  </>
                )
              }
            </ReadingBlock>
          </Panel>
        </Section>
      </div>
    </>
  );
}

function Head({ balance, loadedAt }: { balance: BalanceRead; loadedAt: number }) {
  return (
    <div className="space-y-6">
      {balance.name && (
        <p className="text-title leading-tight font-medium">
          <bdi>{balance.name}</bdi>
        </p>
      )}
      <BalanceAmounts balance={balance} />
      <BalanceActions balance={balance} />
      <div className="grid gap-6 lg:grid-cols-2">
        <Section label="Details">
          <Panel>
            <Facts>
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
            </Facts>
          </Panel>
        </Section>
        <MetadataBlock json={balance.metadata} />
      </div>
    </div>
  );
}

function RangeLinks({ days }: { days: number }) {
  const { search } = useLocation();
  return (
    <p className="mb-3 flex gap-4 text-small">
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
    <>
      <TimeChartFigure chart={chart} label={`Balance over the last ${days} days`} valueName="Balance" />
      <p className="mt-2 text-label text-quiet">
        {from === "rows"
          ? "Every applied row, by its effective date. Holds are not in it."
          : "The balance at equally spaced moments, by effective date. Holds are not in it."}
      </p>
    </>
  );
}
