import { app } from "#app/app.ts";
import { loadLedger } from "./load-ledger.server.ts";
import { LedgerPage } from "./ledger-page.tsx";

import type { Route } from "./+types/ledger.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Ledger · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, now } = openReads(args);
  return loadLedger(readCloud, await readAssumed(), { ledgerId: args.params.ledgerId, now });
}

export default function LedgerRoute({ loaderData }: Route.ComponentProps) {
  return <LedgerPage {...loaderData} />;
}
