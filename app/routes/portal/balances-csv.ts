import { requireRead } from "#app/http.server.ts";
import { readBalancesCsv } from "#app/portal/balances/balances-csv.server.ts";
import { csvResponse } from "#app/portal/lists/csv.server.ts";

import type { Route } from "./+types/balances-csv.ts";
import { FILE, openReads } from "./open-reads.server.ts";

export const middleware = [requireRead];

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, params, now } = openReads(args, FILE);
  return csvResponse("balances", await readBalancesCsv(readCloud, await readAssumed(), params, now));
}
