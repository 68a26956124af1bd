import { Form, redirect } from "react-router";
import { z } from "zod";

import { app } from "#app/app.ts";
import { addIntegrityPack, missingIntegrityKinds } from "#app/monitors/integrity-pack.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";
import { FilterBar } from "#app/platform/portal/lists/filter-bar.tsx";
import { ListFrame } from "#app/platform/portal/lists/list-frame.tsx";
import { Cell, RecordRow, RecordTable, type Column } from "#app/platform/portal/lists/record-table.tsx";
import { RecordLink, usePortalPath } from "#app/platform/portal/record-link.tsx";
import { Button, ButtonLink } from "#app/ui/button.tsx";
import { SelectField } from "#app/ui/field.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { authorOf } from "./author.server.ts";
import { findLateCheck } from "./find-late-check.server.ts";
import { LateCheckNote } from "./late-check-note.tsx";
import { loadMonitors, type MonitorLine } from "./load-monitors.server.ts";
import { MonitorStatePill, StateHistory } from "./monitor-state.tsx";
import { MonitorValue } from "./monitor-value.tsx";
import { ScopeNotes } from "./scope-notes.tsx";
import type { Route } from "./+types/monitors.ts";

const COLUMNS: readonly Column[] = [
  { name: "Monitor" },
  { name: "State" },
  { name: "History", wideOnly: true },
  { name: "Last value", atEnd: true },
  { name: "As of", atEnd: true },
];

const INTEGRITY_PACK =
  "Creates four monitors: double refunds, applied after rejection, overheld balances, negative balances.";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Monitors · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock, intervalMs } = context.get(platformContext);
  const { installed_app_id } = context.get(sessionContext).install;
  const now = clock.now();
  const list = loadMonitors(db, installed_app_id, new URL(request.url).searchParams, now);
  const [late, missing] = await Promise.all([
    findLateCheck(db, installed_app_id, { now, intervalMs }),
    missingIntegrityKinds(db.read, installed_app_id),
  ]);
  return { ...list, late, offersIntegrityPack: missing.length > 0 };
}

/** The button that adds the integrity pack: there is nothing to fill in. */
export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    await requireForm(request, z.object({}));
    const { db, clock, worker } = context.get(platformContext);
    const session = context.get(sessionContext);
    await addIntegrityPack(db, authorOf(session), clock.now());
    worker.wake();
    return redirect(`/portal/${session.launchId}/monitors`);
  });
}

export default function MonitorsPage({
  loaderData: { late, offersIntegrityPack, ...list },
}: Route.ComponentProps) {
  const portalPath = usePortalPath();
  const { q, state } = list.filters;
  return (
    <ListFrame
      title="Monitors"
      noun={["monitor", "monitors"]}
      list={list}
      empty="Monitors watch balances and transactions, and raise each alert once. They will be here once there is one: begin with New monitor."
      aside={
        <>
          <TextLink to={portalPath("monitors/transfer")}>Export and import</TextLink>
          <TextLink to={portalPath("monitors/webhook")}>Webhook</TextLink>
        </>
      }
      action={
        <>
          {offersIntegrityPack && (
            <Form method="post">
              <Button type="submit" title={INTEGRITY_PACK}>
                Add integrity pack
              </Button>
            </Form>
          )}
          <ButtonLink kind="primary" to={portalPath("monitors/new")}>
            New monitor
          </ButtonLink>
        </>
      }
      filters={
        <>
          <LateCheckNote late={late} />
          <ScopeNotes />
          <FilterBar search={q} searchLabel="Name or what it watches" active={state ? 1 : 0}>
            <SelectField label="State" name="state" defaultValue={state ?? ""} className="xl:w-36">
              <option value="">All states</option>
              <option value="firing">Firing</option>
              <option value="ok">OK</option>
              <option value="unknown">Not known</option>
              <option value="paused">Paused</option>
            </SelectField>
          </FilterBar>
        </>
      }
    >
      {(rows) => (
        <RecordTable label="Monitors" columns={COLUMNS}>
          {rows.map((monitor) => (
            <MonitorRow key={monitor.id} monitor={monitor} loadedAt={list.loadedAt} />
          ))}
        </RecordTable>
      )}
    </ListFrame>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

function MonitorRow({ monitor, loadedAt }: { monitor: MonitorLine; loadedAt: number }) {
  const { id, name, explanation, problem, state, open, history, value, evaluated_at } = monitor;
  return (
    <RecordRow>
      <Cell place="title">
        <RecordLink kind="monitors" id={id} cover>
          <bdi>{name}</bdi>
        </RecordLink>
        <p className="text-quiet max-sm:hidden">
          <bdi>{problem ?? explanation}</bdi>
        </p>
      </Cell>
      <Cell place="state">
        <MonitorStatePill state={state} firing={open} />
      </Cell>
      <Cell place="wide">
        <StateHistory states={history} />
      </Cell>
      <Cell place="figure">
        <MonitorValue value={value} />
      </Cell>
      <Cell place="end">
        {evaluated_at !== null && <RelativeTime at={evaluated_at} loadedAt={loadedAt} />}
      </Cell>
    </RecordRow>
  );
}
