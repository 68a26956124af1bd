import { expect, test } from "vitest";

import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { answerJson, startCloudServer } from "#tests/support/cloud-server.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { MADE_UP_IDS, portalRequests, send } from "#tests/support/portal-requests.ts";
import { startApp } from "#tests/support/start-app.ts";
import { wordsOf } from "#tests/support/words-of.ts";

/** By the words that addresses have for them. */
const ID_FIELDS: Record<string, [field: string, prefix: string]> = {
  balance: ["balance_id", "bln"],
  transaction: ["transaction_id", "txn"],
  ledger: ["ledger_id", "ldg"],
  identit: ["identity_id", "idt"],
  alert: ["anomaly_id", "anomaly"],
};

const ZERO_TIME = "0001-01-01T00:00:00Z";

/** What a record may have beside its id: nothing, nulls, or what means nothing. */
const RECORDS: Record<string, object> = {
  "no field but its id": {},
  nulls: all(null),
  "texts without a word": all(""),
  "zeros, zero times and a status of later days": {
    ...all("0"),
    ...Object.fromEntries(
      ["created_at", "updated_at", "effective_date", "scheduled_for", "dob"].map((name) => [name, ZERO_TIME]),
    ),
    status: "FROZEN",
    precision: 0,
  },
  "integers beyond any account": {
    ...all("9".repeat(78)),
    status: "APPLIED",
    currency: "USD",
    precision: 100,
  },
};

test.each(Object.entries(RECORDS))(
  "every page of records with %s is a page, and invents nothing",
  async (_name, record) => {
    const { ask } = await openPanel(record);
    for (const request of portalRequests(MADE_UP_IDS)) {
      if (request.method !== "GET" || /mon_1|act_1|\.csv|import|export/.test(request.path)) continue;
      const { status, words } = await ask(request);
      expect([request.path, status]).toEqual([request.path, 200]);
      // What has no amount has no history, and nothing is done with what does not say what it is.
      if (!/^balances\/|commit|void|refund|adjustment\?from/.test(request.path))
        expect(words, request.path).not.toContain("could not be read");
      expect(
        words.match(
          /undefined|NaN|null|Infinity|Invalid Date|\[object|0001-01-01|1970-01-01|could not be shown/,
        ),
        request.path,
      ).toBeNull();
    }
  },
);

/** A panel of an install in whose instance every record, asked for in whatever way, is this one. */
async function openPanel(record: object) {
  const { url } = await startCloudServer(({ method, path }, response) => {
    const [, kind = "", id] =
      /^\/(?:data\/|proxy\/)?(balance|transaction|ledger|identit|alert)\w*(?:\/([a-z]+_\d))?/.exec(path) ??
      [];
    const [field = "", prefix] = ID_FIELDS[kind] ?? [];
    const row = (number: string) => ({ ...record, [field]: `${prefix}_${number}` });
    if (method === "PUT" || field === "" || path.endsWith("tokenized-fields"))
      answerJson(response, { error: "no" }, 404);
    else if (path === "/alerts/statuses") answerJson(response, { statuses: [], allowed_colours: [] });
    else if (path.endsWith("/at"))
      answerJson(response, { balance: row("1"), timestamp: "", from_source: true });
    else answerJson(response, id ? row(id.split("_")[1]!) : { data: [row("1"), row("2")], total: 2 });
  });
  const app = await startApp({ env: { BLNK_API_URL: url } });
  await app.install({ granted_permissions: SCOPES });
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  return {
    ask: async (request: Parameters<typeof send>[2]) => {
      const response = await send(portal, home, request);
      return { status: response.status, words: wordsOf(await response.text()) };
    },
  };
}

function all(value: unknown): object {
  const names =
    "name title description type status reference currency source destination parent_transaction indicator ledger_id identity_id precise_amount amount precision balance credit_balance debit_balance inflight_balance inflight_credit_balance inflight_debit_balance version created_at updated_at effective_date scheduled_for dob meta_data first_name last_name organization_name identity_type category email_address affected_balances affected_transactions affected_identities";
  return Object.fromEntries(names.split(" ").map((name) => [name, value]));
}
