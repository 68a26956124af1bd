import { data, redirect } from "react-router";

import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { EditMonitorPage } from "#app/portal/monitors/form/edit-monitor-page.tsx";
import { loadMonitorForm } from "#app/portal/monitors/form/load-monitor-form.server.ts";
import { monitorFormSchema } from "#app/portal/monitors/form/read-monitor-form.server.ts";
import { changeFromForm } from "#app/portal/monitors/form/save-monitor.server.ts";
import { readSubmission } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/monitor-edit.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Edit monitor · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { db } = args.context.get(platformContext);
  const { installed_app_id } = args.context.get(sessionContext).install;
  const { monitorId } = args.params;
  const page = await loadMonitorForm(openReads(args).readCloud, db, {
    installedAppId: installed_app_id,
    id: monitorId,
  });
  if (!page) throw data(null, { status: 404 });
  return page;
}

export function action(args: Route.ActionArgs) {
  return refuseInWords(args.context, async () => {
    const session = args.context.get(sessionContext);
    const { monitorId } = args.params;
    const outcome = await changeFromForm(
      args.context.get(platformContext),
      session,
      openReads(args).readCloud,
      { id: monitorId, submission: await readSubmission(args.request, monitorFormSchema) },
    );
    if (!outcome) throw data(null, { status: 404 });
    return outcome.answer ?? redirect(`/portal/${session.launchId}/monitors/${monitorId}`);
  });
}

export default function EditMonitorRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <EditMonitorPage {...loaderData} answer={actionData} />;
}
