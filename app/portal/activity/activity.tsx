import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { ActivityPage } from "./activity-page.tsx";
import { loadActivity } from "./load-activity.server.ts";

import type { Route } from "./+types/activity.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Activity · ${app.name}` }];
}

export function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { installed_app_id } = context.get(sessionContext).install;
  return loadActivity(db, installed_app_id, new URL(request.url).searchParams, clock.now());
}

export default function ActivityRoute({ loaderData }: Route.ComponentProps) {
  return <ActivityPage {...loaderData} />;
}
