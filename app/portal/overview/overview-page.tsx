import { type ReactNode, Suspense } from "react";
import { Await } from "react-router";

import { EmptyNote } from "#app/ui/notes.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Panel } from "#app/ui/panel.tsx";
import { Section } from "#app/ui/section.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { ReadingBlock } from "../reading-block.tsx";
import { TransactionTable } from "../transactions/transaction-table.tsx";
import { ActivityLines } from "./activity-lines.tsx";
import { AlertCounts, OpenEpisodes, QueueHealth } from "./attention.tsx";
import { CurrencyTotals, CurrencyTotalsSkeleton } from "./currency-totals.tsx";
import { LedgerTotals } from "./ledger-totals.tsx";
import type { Overview } from "./load-overview.server.ts";
import { ScanAge, ScanBlock } from "./scan-block.tsx";
import { WeekCount, WeekVolume } from "./week.tsx";

const PANEL = "flex-1 rounded-panel border border-line bg-panel";

export function OverviewPage({ loadedAt, ...overview }: Overview) {
  const { balances, week, alerts, transactions } = overview;
  return (
    <>
      <PageTitle>Overview</PageTitle>
      <div className="mt-5 grid gap-6 lg:grid-cols-6">
        <Section label="Balances by currency" className="lg:col-span-6">
          <ScanBlock
            what="Balances"
            reading={balances}
            loadedAt={loadedAt}
            skeleton={
              <>
                <CurrencyTotalsSkeleton />
                <div className="mt-2 h-5" />
              </>
            }
          >
            {(totals, at) => (
              <>
                <CurrencyTotals {...totals} />
                <ScanAge at={at} loadedAt={loadedAt}>
                  <span>
                    Outside the general ledger.
                    {!totals.complete &&
                      ` Of the first ${totals.counted.toLocaleString("en")} balances; there are more.`}
                  </span>
                </ScanAge>
              </>
            )}
          </ScanBlock>
        </Section>
        <Block label="Alerts" className="lg:col-span-2">
          <ReadingBlock
            what="Alerts"
            reading={alerts}
            loadedAt={loadedAt}
            skeleton={<Waiting of="alerts" height="h-38" />}
          >
            {(counts) => <AlertCounts counts={counts} />}
          </ReadingBlock>
        </Block>
        <Block label="Monitors" className="lg:col-span-2">
          <Suspense fallback={<Waiting of="episodes" height="h-38" />}>
            <Await
              resolve={overview.episodes}
              errorElement={<EmptyNote>Open episodes could not be read.</EmptyNote>}
            >
              {(count) => <OpenEpisodes count={count} />}
            </Await>
          </Suspense>
        </Block>
        <Block label="Queue, last 7 days" className="lg:col-span-2">
          <ScanBlock
            what="Queued rows"
            reading={week}
            loadedAt={loadedAt}
            skeleton={<Waiting of="the queue" height="h-38" />}
          >
            {(value) => <QueueHealth {...value} loadedAt={loadedAt} />}
          </ScanBlock>
        </Block>
        <Block label="Transactions, last 7 days" className="lg:col-span-3">
          <ScanBlock
            what="Transactions"
            reading={week}
            loadedAt={loadedAt}
            skeleton={<Waiting of="transactions" height="h-76" />}
          >
            {(value) => <WeekCount {...value} />}
          </ScanBlock>
        </Block>
        <Block label="Volume, last 7 days" className="lg:col-span-3">
          <ScanBlock
            what="Volumes"
            reading={week}
            loadedAt={loadedAt}
            skeleton={<Waiting of="volumes" height="h-76" />}
          >
            {(value) => <WeekVolume {...value} />}
          </ScanBlock>
        </Block>
        <Block label="Ledgers" className="lg:col-span-3">
          <ScanBlock
            what="Ledgers"
            reading={balances}
            loadedAt={loadedAt}
            skeleton={<Rows of="ledgers" rows={4} height="h-24" />}
          >
            {(totals) => <LedgerTotals {...totals} />}
          </ScanBlock>
        </Block>
        <Block label="Activity" className="lg:col-span-3">
          <Suspense fallback={<Rows of="activity" rows={6} height="h-15" />}>
            <Await
              resolve={overview.activity}
              errorElement={<EmptyNote>The activity could not be read.</EmptyNote>}
            >
              {(entries) => <ActivityLines entries={entries} loadedAt={loadedAt} />}
            </Await>
          </Suspense>
        </Block>
        <Block label="Latest transactions" className="lg:col-span-6">
          <ReadingBlock
            what="Transactions"
            reading={transactions}
            loadedAt={loadedAt}
            skeleton={<Rows of="transactions" rows={10} height="h-16 sm:h-11" />}
          >
            {(rows) =>
              rows.length === 0 ? (
                <EmptyNote>The newest transactions will be here once there is one.</EmptyNote>
              ) : (
                <Panel>
                  <TransactionTable label="Latest transactions" rows={rows} loadedAt={loadedAt} />
                </Panel>
              )
            }
          </ReadingBlock>
        </Block>
      </div>
    </>
  );
}

function Block({
  label,
  className = "",
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Section label={label} className={`flex flex-col ${className}`}>
      {children}
    </Section>
  );
}

function Waiting({ of, height }: { of: string; height: string }) {
  return <Skeleton label={`Reading ${of}`} rows={1} listClassName={PANEL} rowClassName={`px-4 ${height}`} />;
}

function Rows({ of, rows, height }: { of: string; rows: number; height: string }) {
  return (
    <Skeleton
      label={`Reading ${of}`}
      rows={rows}
      listClassName={`divide-y divide-line ${PANEL}`}
      rowClassName={`px-4 ${height}`}
    />
  );
}
