import { CloudError } from "./cloud-error.ts";
import { isCut, isObject, readMetadata } from "./read-fields.ts";
import { readDetail } from "./records.ts";
import type { Call } from "./transport/call.server.ts";
import type { JsonObject } from "./transport/lossless-json.ts";
import { cloudPath } from "./transport/request.ts";

const DETAILS = [
  { prefix: "txn_", idField: "transaction_id", path: (id: string) => cloudPath`/data/transactions/${id}` },
  { prefix: "bln_", idField: "balance_id", path: (id: string) => cloudPath`/data/balances/${id}` },
  { prefix: "ldg_", idField: "ledger_id", path: (id: string) => cloudPath`/data/ledgers/${id}` },
  { prefix: "idt_", idField: "identity_id", path: (id: string) => cloudPath`/data/identities/${id}` },
] as const;

const OWN_KEY = /^[a-z][a-z0-9_]{0,63}$/;

export function metadata(call: Call) {
  return {
    /**
     * Changes what this app keeps under its one top-level key of a transaction, balance, ledger or identity, and
     * leaves all other keys alone. Core merges only the top level, so the present value is read first and `change`
     * gets it ({} at first); two changes at once may lose one. On a transaction the direct child rows get it too.
     */
    async update(id: string, ownKey: string, change: (own: JsonObject) => JsonObject): Promise<JsonObject> {
      const detail = DETAILS.find(({ prefix }) => id.startsWith(prefix));
      if (detail === undefined) throw new CloudError("invalid", {}, "Blnk keeps no metadata on that record");
      if (!OWN_KEY.test(ownKey)) throw new CloudError("invalid", {}, "That cannot be a metadata key");
      const body = await call({
        method: "GET",
        path: detail.path(id),
        scope: "data:read",
        repeatable: true,
      });
      const row = readDetail(body, detail.idField);
      if (row === undefined) throw new CloudError("not_found");
      // What is read here is written back: an answer about another record must not replace this one's.
      if (row[detail.idField] !== id) throw new CloudError("malformed", { reason: "another record" });
      const all = readMetadata(row["meta_data"]);
      if (isCut(all)) throw new CloudError("invalid", {}, "That record's metadata is too large to change");
      const present = all[ownKey];
      const own = change(isObject(present) ? present : {});
      await call({
        method: "POST",
        path: cloudPath`/proxy/${id}/metadata`,
        body: { meta_data: { [ownKey]: own } },
        scope: "data:write",
        repeatable: false,
      });
      return own;
    },
  };
}
