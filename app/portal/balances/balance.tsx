import { app } from "#app/app.ts";
import { loadBalance } from "./load-balance.server.ts";
import { BalancePage } from "./balance-page.tsx";

import type { Route } from "./+types/balance.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Balance · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, params, now } = openReads(args);
  const { balanceId } = args.params;
  return loadBalance(readCloud, await readAssumed(), { balanceId, days: params.get("days"), now });
}

export default function BalanceRoute({ loaderData }: Route.ComponentProps) {
  return <BalancePage {...loaderData} />;
}
