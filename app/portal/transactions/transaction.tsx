import { app } from "#app/app.ts";
import { loadTransaction } from "./load-transaction.server.ts";
import { TransactionPage } from "./transaction-page.tsx";

import type { Route } from "./+types/transaction.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Transaction · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, now } = openReads(args);
  return loadTransaction(readCloud, args.params.transactionId, now);
}

export default function TransactionRoute({ loaderData }: Route.ComponentProps) {
  return <TransactionPage {...loaderData} />;
}
