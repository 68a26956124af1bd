import { data, redirect } from "react-router";

import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { changeFromPage, changeSchema } from "#app/portal/monitors/detail/change-monitor.server.ts";
import { DeleteMonitorPage } from "#app/portal/monitors/detail/delete-page.tsx";
import { loadMonitor } from "#app/portal/monitors/detail/load-monitor.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/monitor-delete.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Delete monitor · ${app.name}` }];
}

export async function loader({ params, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const page = await loadMonitor(db, {
    installedAppId: context.get(sessionContext).install.installed_app_id,
    id: params.monitorId,
    now: clock.now(),
  });
  if (!page) throw data(null, { status: 404 });
  const { id, name, explanation, open } = page;
  return { id, name, explanation, open };
}

export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const session = context.get(sessionContext);
    await changeFromPage(context.get(platformContext), session, {
      id: params.monitorId,
      asked: await requireForm(request, changeSchema),
    });
    // Deleted already, by a second click or by somebody else.
    return redirect(`/portal/${session.launchId}/monitors`);
  });
}

export default function DeleteMonitorRoute({ loaderData }: Route.ComponentProps) {
  return <DeleteMonitorPage {...loaderData} />;
}
