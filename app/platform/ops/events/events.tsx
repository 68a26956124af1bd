import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { EventsPage } from "./events-page.tsx";
import { loadEvents } from "./load-events.server.ts";

import type { Route } from "./+types/events.ts";

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Events · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { searchParams } = new URL(request.url);
  return { ...(await loadEvents(db, searchParams)), loadedAt: clock.now() };
}

export default function EventsRoute({ loaderData }: Route.ComponentProps) {
  return <EventsPage {...loaderData} />;
}
