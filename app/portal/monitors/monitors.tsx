import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { findLateCheck } from "#app/portal/monitors/find-late-check.server.ts";
import { loadMonitors } from "#app/portal/monitors/load-monitors.server.ts";
import { MonitorsPage } from "#app/portal/monitors/monitors-page.tsx";

import type { Route } from "./+types/monitors.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Monitors · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock, intervalMs } = context.get(platformContext);
  const { installed_app_id } = context.get(sessionContext).install;
  const now = clock.now();
  return {
    ...loadMonitors(db, installed_app_id, new URL(request.url).searchParams, now),
    late: await findLateCheck(db, installed_app_id, { now, intervalMs }),
  };
}

export default function MonitorsRoute({ loaderData }: Route.ComponentProps) {
  return <MonitorsPage {...loaderData} />;
}
