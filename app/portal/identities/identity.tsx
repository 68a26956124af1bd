import { app } from "#app/app.ts";
import { loadIdentity } from "./load-identity.server.ts";
import { IdentityPage } from "./identity-page.tsx";

import type { Route } from "./+types/identity.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Identity · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, now } = openReads(args);
  return loadIdentity(readCloud, await readAssumed(), { identityId: args.params.identityId, now });
}

export default function IdentityRoute({ loaderData }: Route.ComponentProps) {
  return <IdentityPage {...loaderData} />;
}
