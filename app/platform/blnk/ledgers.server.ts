import type { Collection } from "./collection.server.ts";
import { type Ledger, readLedger } from "./records.ts";
import type { Call } from "./transport/call.server.ts";
import type { JsonObject } from "./transport/lossless-json.ts";
import { cloudPath } from "./transport/request.ts";

export function ledgers(call: Call, rows: Collection<"ledgers", Ledger>) {
  return {
    ...rows,

    /** Names are not unique: creating twice makes two ledgers, so it is never sent again by itself. */
    async create(ledger: { name: string; meta_data?: JsonObject }): Promise<Ledger> {
      return readLedger(
        await call({
          method: "POST",
          path: cloudPath`/proxy/ledgers`,
          body: ledger,
          scope: "data:write",
          repeatable: false,
        }),
      );
    },
  };
}
