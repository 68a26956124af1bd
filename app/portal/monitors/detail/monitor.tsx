import { data, redirect } from "react-router";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";
import { TimeChartFigure } from "#app/platform/portal/charts/time-chart-figure.tsx";
import { RecordHead } from "#app/platform/portal/record-head.tsx";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";
import { ButtonLink } from "#app/ui/button.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { MonitorStatePill } from "../monitor-state.tsx";
import { ScopeNotes } from "../scope-notes.tsx";
import { changeFromPage, changeSchema } from "./change-monitor.server.ts";
import { DeliveryList } from "./delivery-list.tsx";
import { IncidentList } from "./incident-list.tsx";
import { EvaluationList, StateList } from "./found-lists.tsx";
import { loadMonitor } from "./load-monitor.server.ts";
import { MuteForm, PauseButton } from "./monitor-controls.tsx";
import type { Route } from "./+types/monitor.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Monitor · ${app.name}` }];
}

export async function loader({ params, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const page = await loadMonitor(db, {
    installedAppId: context.get(sessionContext).install.installed_app_id,
    id: params.monitorId,
    now: clock.now(),
  });
  if (!page) throw data(null, { status: 404 });
  return page;
}

export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const session = context.get(sessionContext);
    const outcome = await changeFromPage(context.get(platformContext), session, {
      id: params.monitorId,
      asked: await requireForm(request, changeSchema),
    });
    if (outcome === "unknown_monitor") throw data(null, { status: 404 });
    return redirect(`/portal/${session.launchId}/monitors/${params.monitorId}`);
  });
}

export default function MonitorPage({ loaderData: monitor }: Route.ComponentProps) {
  const { id, name, explanation, problem, chart, loadedAt } = monitor;
  const portalPath = usePortalPath();
  return (
    <>
      <RecordHead kind="Monitor" id={id} name={<bdi>{name}</bdi>}>
        <ButtonLink to={portalPath(`monitors/${id}/edit`)}>Edit</ButtonLink>
        <PauseButton isPaused={monitor.isPaused} />
        <ButtonLink to={portalPath(`monitors/${id}/delete`)}>Delete</ButtonLink>
      </RecordHead>
      <div className="space-y-6">
        <Card className="space-y-2 p-4">
          <p className="max-w-prose">
            <bdi>{explanation}</bdi>
          </p>
          <MonitorStatePill state={monitor.state} firing={monitor.open} />
          {problem && <p className="text-attention">{problem}</p>}
          {monitor.stopped && (
            <p className="text-attention">
              {monitor.stopped} Edit the monitor if it matches more than it should.
            </p>
          )}
          <ScopeNotes />
        </Card>
        <Section label="Incidents">
          <IncidentList {...monitor.incidents} loadedAt={loadedAt} />
        </Section>
        {chart && (
          <Section label="Value">
            <Card className="p-4">
              <TimeChartFigure chart={chart} label="Value over time" valueName="Value" />
            </Card>
          </Section>
        )}
        <div className="grid gap-6 lg:grid-cols-2">
          <Section label="Now">
            <StateList states={monitor.states} loadedAt={loadedAt} />
          </Section>
          <Section label="Mute">
            <MuteForm {...monitor.mute} />
          </Section>
          <Section label="Evaluations">
            <EvaluationList evaluations={monitor.evaluations} loadedAt={loadedAt} />
          </Section>
          <Section label="Alerts raised">
            {monitor.deliveries.length === 0 ? (
              <EmptyNote>What was sent to Blnk Cloud, and each attempt, will be here.</EmptyNote>
            ) : (
              <DeliveryList deliveries={monitor.deliveries} loadedAt={loadedAt} />
            )}
            <p className="mt-2 text-small">
              <TextLink to={portalPath("monitors/webhook")}>Webhook, and a test of it</TextLink>
            </p>
          </Section>
        </div>
        <Section label="Details">
          <Card>
            <DescriptionList>
              <Fact term="Severity">{monitor.severity}</Fact>
              <Fact term="Evaluated">
                {monitor.evaluatedAt !== null && (
                  <RelativeTime at={monitor.evaluatedAt} loadedAt={loadedAt} />
                )}
              </Fact>
            </DescriptionList>
          </Card>
        </Section>
      </div>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";
