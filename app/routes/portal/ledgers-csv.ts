import { requireRead } from "#app/http.server.ts";
import { readLedgersCsv } from "#app/portal/ledgers/load-ledgers.server.ts";
import { csvResponse } from "#app/portal/lists/csv.server.ts";

import type { Route } from "./+types/ledgers-csv.ts";
import { FILE, openReads } from "./open-reads.server.ts";

export const middleware = [requireRead];

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args, FILE);
  return csvResponse("ledgers", await readLedgersCsv(readCloud, params, now));
}
