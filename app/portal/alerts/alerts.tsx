import { app } from "#app/app.ts";
import { AlertsPage } from "./alerts-page.tsx";
import { loadAlerts } from "./load-alerts.server.ts";

import type { Route } from "./+types/alerts.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Alerts · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args);
  return loadAlerts(readCloud, params, now);
}

export default function AlertsRoute({ loaderData }: Route.ComponentProps) {
  return <AlertsPage {...loaderData} />;
}
