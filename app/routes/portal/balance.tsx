import { app } from "#app/app.ts";
import { loadBalance } from "#app/portal/balances/load-balance.server.ts";
import { BalancePage } from "#app/portal/balances/balance-page.tsx";

import type { Route } from "./+types/balance.ts";
import { openReads } from "./open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/portal/portal-error.tsx";

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
