import { requireRead } from "#app/platform/http/refusals.server.ts";
import { csvResponse } from "#app/platform/portal/lists/csv.server.ts";
import { readTransactionsCsv } from "./transactions-csv.server.ts";

import type { Route } from "./+types/transactions-csv.ts";
import { FILE, openReads } from "#app/platform/portal/open-reads.server.ts";

export const middleware = [requireRead];

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args, FILE);
  return csvResponse("transactions", await readTransactionsCsv(readCloud, params, now));
}
