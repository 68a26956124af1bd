import { requireRead } from "#app/http.server.ts";
import { csvResponse } from "#app/portal/lists/csv.server.ts";
import { readTransactionsCsv } from "#app/portal/transactions/transactions-csv.server.ts";

import type { Route } from "./+types/transactions-csv.ts";
import { FILE, openReads } from "./open-reads.server.ts";

export const middleware = [requireRead];

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args, FILE);
  return csvResponse("transactions", await readTransactionsCsv(readCloud, params, now));
}
