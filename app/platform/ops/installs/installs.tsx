import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { InstallsPage } from "./installs-page.tsx";
import { loadInstalls } from "./load-installs.server.ts";

import type { Route } from "./+types/installs.ts";

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Installs · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { searchParams } = new URL(request.url);
  return { ...(await loadInstalls(db, searchParams)), loadedAt: clock.now() };
}

export default function InstallsRoute({ loaderData }: Route.ComponentProps) {
  return <InstallsPage {...loaderData} />;
}
