import { redirect } from "react-router";

import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { loadNewMonitor } from "#app/portal/monitors/form/load-monitor-form.server.ts";
import { NewMonitorPage } from "#app/portal/monitors/form/new-monitor-page.tsx";
import { monitorFormSchema } from "#app/portal/monitors/form/read-monitor-form.server.ts";
import { createFromForm } from "#app/portal/monitors/form/save-monitor.server.ts";
import { readSubmission } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/monitor-new.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `New monitor · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, params } = openReads(args);
  return loadNewMonitor(readCloud, params);
}

export function action(args: Route.ActionArgs) {
  return refuseInWords(args.context, async () => {
    const session = args.context.get(sessionContext);
    const { readCloud } = openReads(args);
    const { saved, answer } = await createFromForm(
      args.context.get(platformContext),
      session,
      readCloud,
      await readSubmission(args.request, monitorFormSchema),
    );
    if (answer) return answer;
    const [only, ...others] = saved;
    const list = `/portal/${session.launchId}/monitors`;
    return redirect(only !== undefined && others.length === 0 ? `${list}/${only}` : list);
  });
}

export default function NewMonitorRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <NewMonitorPage {...loaderData} answer={actionData} />;
}
