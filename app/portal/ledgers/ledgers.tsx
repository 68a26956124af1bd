import { app } from "#app/app.ts";
import { loadLedgers } from "./load-ledgers.server.ts";
import { LedgersPage } from "./ledgers-page.tsx";

import type { Route } from "./+types/ledgers.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Ledgers · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args);
  return loadLedgers(readCloud, params, now);
}

export default function LedgersRoute({ loaderData }: Route.ComponentProps) {
  return <LedgersPage {...loaderData} />;
}
