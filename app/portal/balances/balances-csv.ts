import { requireRead } from "#app/platform/http/refusals.server.ts";
import { readBalancesCsv } from "./balances-csv.server.ts";
import { csvResponse } from "#app/platform/portal/lists/csv.server.ts";

import type { Route } from "./+types/balances-csv.ts";
import { FILE, openReads } from "#app/platform/portal/open-reads.server.ts";

export const middleware = [requireRead];

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, params, now } = openReads(args, FILE);
  return csvResponse("balances", await readBalancesCsv(readCloud, await readAssumed(), params, now));
}
