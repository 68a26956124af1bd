import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { FilterBar } from "#app/platform/portal/lists/filter-bar.tsx";
import { ListFrame } from "#app/platform/portal/lists/list-frame.tsx";
import { Cell, RecordRow, RecordTable, type Column } from "#app/platform/portal/lists/record-table.tsx";
import { RecordLink, usePortalPath, type RecordKind } from "#app/platform/portal/record-link.tsx";
import { ACTION_WORDS } from "#app/portal/actions/action-words.ts";
import { TextField } from "#app/ui/field.tsx";
import { Money } from "#app/ui/money.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { shortenId } from "#app/ui/short-id.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { activityWords } from "./activity-words.ts";
import { loadActivity, type ActivityLine, type ActivityList } from "./load-activity.server.ts";
import type { Route } from "./+types/activity.ts";

const COLUMNS: readonly Column[] = [
  { name: "What" },
  { name: "Result" },
  { name: "Launch", wideOnly: true },
  { name: "Who", atEnd: true },
  { name: "When", atEnd: true },
];

export function meta(): Route.MetaDescriptors {
  return [{ title: `Activity · ${app.name}` }];
}

export function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { installed_app_id } = context.get(sessionContext).install;
  return loadActivity(db, installed_app_id, new URL(request.url).searchParams, clock.now());
}

/** Everything that was done through this app in this install; nothing here is ever changed. */
export default function ActivityPage({ loaderData: { underWay, ...list } }: Route.ComponentProps) {
  const { q, from, to } = list.filters;
  return (
    <ListFrame
      title="Activity"
      noun={["entry", "entries"]}
      list={list}
      csv="activity.csv"
      empty="What is done through this app will be here once something is."
      filters={
        <>
          {underWay.length > 0 && <UnderWay actions={underWay} loadedAt={list.loadedAt} />}
          <FilterBar
            search={q}
            searchLabel="Id, person or what was done"
            active={[from, to].filter(Boolean).length}
          >
            <TextField
              label="From day (UTC)"
              name="from"
              type="date"
              defaultValue={from ?? ""}
              className="sm:w-36"
            />
            <TextField
              label="To day (UTC)"
              name="to"
              type="date"
              defaultValue={to ?? ""}
              className="sm:w-36"
            />
          </FilterBar>
        </>
      }
    >
      {(rows) => (
        <RecordTable label="Activity" columns={COLUMNS}>
          {rows.map((entry) => (
            <Entry key={entry.id} {...entry} loadedAt={list.loadedAt} />
          ))}
        </RecordTable>
      )}
    </ListFrame>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

function Entry({
  at,
  launch_id,
  user_id,
  action,
  target,
  result,
  loadedAt,
}: ActivityLine & { loadedAt: number }) {
  const launch = launch_id === null ? "none" : shortenId(launch_id);
  return (
    <RecordRow>
      <Cell place="title">
        <span className="font-medium">{activityWords(action)}</span>
        {target !== null && (
          <span className="block">
            <Target id={target} />
          </span>
        )}
        {launch_id !== null && (
          <span className="block text-quiet @4xl:hidden">
            Launch <bdi>{launch}</bdi>
          </span>
        )}
      </Cell>
      <Cell place="state">
        <bdi>{result}</bdi>
      </Cell>
      <Cell place="wide">
        <bdi className="text-quiet">{launch}</bdi>
      </Cell>
      <Cell place="figure">
        <bdi className="text-quiet">{user_id ?? (launch_id === null ? "no person" : "unknown person")}</bdi>
      </Cell>
      <Cell place="end">
        <RelativeTime at={at} loadedAt={loadedAt} />
      </Cell>
    </RecordRow>
  );
}

/** The way back to what was left before it was known. */
function UnderWay({ actions, loadedAt }: { actions: ActivityList["underWay"]; loadedAt: number }) {
  const portalPath = usePortalPath();
  return (
    <Section label="Still under way" className="mb-4">
      <Card>
        <ul className="divide-y divide-line text-small">
          {actions.map(({ id, kind, amount, precision, currency, started_at }) => (
            <li key={id} className="flex flex-wrap justify-between gap-x-4 gap-y-1 px-4 py-2.5">
              <TextLink to={portalPath(`actions/${id}`)}>
                {ACTION_WORDS[kind].verb} <Money minor={amount} precision={precision} currency={currency} />
              </TextLink>
              {started_at && <RelativeTime at={started_at} loadedAt={loadedAt} />}
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

const KINDS: Record<string, RecordKind> = {
  txn: "transactions",
  bln: "balances",
  ldg: "ledgers",
  idt: "identities",
  ano: "alerts",
};

function Target({ id }: { id: string }) {
  const kind = KINDS[id.split("_", 1)[0]!];
  if (!kind) return <bdi className="text-quiet">{id}</bdi>;
  return (
    <RecordLink kind={kind} id={id}>
      <bdi>{shortenId(id)}</bdi>
    </RecordLink>
  );
}
