import { app } from "#app/app.ts";
import { loadIdentities } from "./load-identities.server.ts";
import { IdentitiesPage } from "./identities-page.tsx";

import type { Route } from "./+types/identities.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Identities · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args);
  return loadIdentities(readCloud, params, now);
}

export default function IdentitiesRoute({ loaderData }: Route.ComponentProps) {
  return <IdentitiesPage {...loaderData} />;
}
