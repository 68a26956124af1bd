import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { loadOverview } from "./load-overview.server.ts";
import { OverviewPage } from "./overview-page.tsx";

import type { Route } from "./+types/overview.ts";

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Overview · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  return await loadOverview(context.get(platformContext));
}

export default function OverviewRoute({ loaderData }: Route.ComponentProps) {
  return <OverviewPage {...loaderData} />;
}
