import { data, redirect } from "react-router";

import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { changeFromPage, changeSchema } from "#app/portal/monitors/detail/change-monitor.server.ts";
import { loadMonitor } from "#app/portal/monitors/detail/load-monitor.server.ts";
import { MonitorPage } from "#app/portal/monitors/detail/monitor-page.tsx";
import { requireForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/monitor.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

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

export default function MonitorRoute({ loaderData }: Route.ComponentProps) {
  return <MonitorPage {...loaderData} />;
}
