import { app } from "#app/app.ts";
import { loadBalances } from "./load-balances.server.ts";
import { BalancesPage } from "./balances-page.tsx";

import type { Route } from "./+types/balances.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Balances · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, params, now } = openReads(args);
  return loadBalances(readCloud, await readAssumed(), params, now);
}

export default function BalancesRoute({ loaderData }: Route.ComponentProps) {
  return <BalancesPage {...loaderData} />;
}
