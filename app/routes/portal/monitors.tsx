import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/context.server.ts";
import { listMonitorSummaries } from "#app/monitors/monitor-history.server.ts";
import { MonitorsPage } from "#app/portal/monitors/monitors-page.tsx";

import type { Route } from "./+types/monitors.ts";

export { PortalError as ErrorBoundary } from "#app/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Monitors · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  const { installed_app_id } = context.get(sessionContext).install;
  const summaries = await listMonitorSummaries(context.get(platformContext).db, installed_app_id);
  return {
    monitors: summaries.map(({ id, name, explanation, state, firing, problem }) => ({
      id,
      name,
      explanation,
      state,
      firing,
      problem,
    })),
  };
}

export default function MonitorsRoute({ loaderData }: Route.ComponentProps) {
  return <MonitorsPage {...loaderData} />;
}
