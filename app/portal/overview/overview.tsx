import type { ReactNode } from "react";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { requireEmptyForm } from "#app/platform/http/read-form.server.ts";
import { sessionCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { LateCheckNote } from "#app/portal/monitors/late-check-note.tsx";
import { TransactionTable } from "#app/portal/transactions/transaction-table.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { ActivityLines } from "./activity-lines.tsx";
import { AlertCounts, OpenIncidents, QueueHealth } from "./attention.tsx";
import { CurrencyTotals, CurrencyTotalsSkeleton } from "./currency-totals.tsx";
import { LedgerTotals } from "./ledger-totals.tsx";
import { loadOverview, type Overview } from "./load-overview.server.ts";
import { ScanAge, ScanBlock } from "./scan-block.tsx";
import { scansContext } from "./shared-scans.server.ts";
import { WeekCount, WeekVolume } from "./week.tsx";
import type { Route } from "./+types/overview.ts";

/** A scan reads thousands of rows, and goes on without the page that began it. */
const SCAN_MS = 60_000;

const PANEL = "flex-1 rounded-panel border border-line bg-panel";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Overview · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const platform = args.context.get(platformContext);
  const session = args.context.get(sessionContext);
  const { readCloud, readAssumed, params, now } = openReads(args);
  return loadOverview({
    readCloud,
    scanClient: platform.cloud.client(sessionCredentials(platform, session), { budgetMs: SCAN_MS }),
    scans: args.context.get(scansContext),
    scanKey: scanKey(session.install),
    db: platform.db,
    installedAppId: session.install.installed_app_id,
    assume: readAssumed,
    currency: params.get("currency"),
    now,
    intervalMs: platform.intervalMs,
  });
}

/** "Count again". */
export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    await requireEmptyForm(request);
    const { balances, week } = context.get(scansContext);
    const key = scanKey(context.get(sessionContext).install);
    balances.forget(key);
    week.forget(key);
    return null;
  });
}

/**
 * What needs somebody first, then how much there is. Blocks that arrive on their own have the room that they will need;
 * those whose length nobody knows before stand last in their column, so that nothing moves.
 */
export default function OverviewPage({ loaderData: { loadedAt, ...overview } }: Route.ComponentProps) {
  const { balances, week } = overview;
  return (
    <>
      <PageTitle>Overview</PageTitle>
      <LateCheckNote late={overview.late} />
      <div className="grid gap-6 lg:grid-cols-6">
        <Block label="Alerts" room="min-h-38" className="lg:col-span-2">
          <CloudResultBlock
            what="Alerts"
            scope="alerts:read"
            reading={overview.alerts}
            resetKey={loadedAt}
            skeleton={<Waiting of="alerts" />}
          >
            {(counts) => <AlertCounts counts={counts} />}
          </CloudResultBlock>
        </Block>
        <Block label="Monitors" className="lg:col-span-2">
          <OpenIncidents count={overview.incidents} />
        </Block>
        <Block label="Queue, last 7 days" room="min-h-32" className="lg:col-span-2">
          <ScanBlock
            what="Queued rows"
            reading={week}
            loadedAt={loadedAt}
            skeleton={<Waiting of="the queue" />}
          >
            {(value) => <QueueHealth {...value} loadedAt={loadedAt} />}
          </ScanBlock>
        </Block>
        <Block label="Balances by currency" room="min-h-38" className="lg:col-span-6">
          <ScanBlock
            what="Balances"
            reading={balances}
            loadedAt={loadedAt}
            skeleton={<CurrencyTotalsSkeleton />}
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
        </Block>
        <Block label="Transactions, last 7 days" room="min-h-78" className="lg:col-span-3">
          <ScanBlock
            what="Transactions"
            reading={week}
            loadedAt={loadedAt}
            skeleton={<Waiting of="transactions" />}
          >
            {(value) => <WeekCount {...value} />}
          </ScanBlock>
        </Block>
        <Block label="Volume, last 7 days" room="min-h-78" className="lg:col-span-3">
          <ScanBlock what="Volumes" reading={week} loadedAt={loadedAt} skeleton={<Waiting of="volumes" />}>
            {(value) => <WeekVolume {...value} />}
          </ScanBlock>
        </Block>
        <Section label="Latest transactions" className="lg:col-span-6 xl:col-span-4">
          <LatestTransactions reading={overview.transactions} loadedAt={loadedAt} />
        </Section>
        <div className="space-y-6 lg:col-span-6 xl:col-span-2">
          <Section label="Activity">
            <ActivityLines entries={overview.activity} loadedAt={loadedAt} />
          </Section>
          <Section label="Ledgers">
            <ScanBlock
              what="Ledgers"
              reading={balances}
              loadedAt={loadedAt}
              skeleton={<Rows of="ledgers" rows={4} height="h-20" />}
            >
              {(totals) => <LedgerTotals {...totals} />}
            </ScanBlock>
          </Section>
        </div>
      </div>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

function scanKey({ installed_app_id, generation }: { installed_app_id: string; generation: number }): string {
  return `${installed_app_id} ${generation}`;
}

function LatestTransactions({ reading, loadedAt }: { reading: Overview["transactions"]; loadedAt: number }) {
  return (
    <CloudResultBlock
      what="Transactions"
      scope="data:read"
      reading={reading}
      resetKey={loadedAt}
      skeleton={<Rows of="transactions" rows={10} height="h-16 sm:h-11" />}
    >
      {(rows) =>
        rows.length === 0 ? (
          <EmptyNote>The newest transactions will be here once there is one.</EmptyNote>
        ) : (
          <Card>
            <TransactionTable label="Latest transactions" rows={rows} loadedAt={loadedAt} />
          </Card>
        )
      }
    </CloudResultBlock>
  );
}

/** A section whose panel is as high as its neighbours', and at least as it will be when it has been read. */
function Block({
  label,
  room = "",
  className,
  children,
}: {
  label: string;
  room?: string;
  className: string;
  children: ReactNode;
}) {
  return (
    <Section label={label} className={`flex flex-col ${className}`}>
      <div className={`flex flex-1 flex-col *:first:flex-1 ${room}`}>{children}</div>
    </Section>
  );
}

function Waiting({ of }: { of: string }) {
  return <Skeleton label={`Loading ${of}`} rows={1} listClassName={PANEL} rowClassName="px-4 h-full" />;
}

function Rows({ of, rows, height }: { of: string; rows: number; height: string }) {
  return (
    <Skeleton
      label={`Loading ${of}`}
      rows={rows}
      listClassName={`divide-y divide-line ${PANEL}`}
      rowClassName={`px-4 ${height}`}
    />
  );
}
