import { app } from "#app/app.ts";
import { loadTransactions } from "./load-transactions.server.ts";
import { TransactionsPage } from "./transactions-page.tsx";

import type { Route } from "./+types/transactions.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Transactions · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args);
  return loadTransactions(readCloud, params, now);
}

export default function TransactionsRoute({ loaderData }: Route.ComponentProps) {
  return <TransactionsPage {...loaderData} />;
}
