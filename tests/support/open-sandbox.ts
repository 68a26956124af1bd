import { onTestFinished } from "vitest";

import { createReference } from "#app/platform/blnk/reference.server.ts";
import type { NewTransaction } from "#app/platform/blnk/new-transaction.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { type SandboxOptions, startSandbox } from "blnk-sandbox/start-sandbox.ts";

import { cloudCredentials, testCloud } from "./cloud-server.ts";

/** A sandbox with a client of its first instance; closed with the test. */
export async function openSandbox(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({
    ...options,
    switches: { queue: { d1_ms: 1, d2_ms: [1, 5], shuffle: false }, ...options.switches },
  });
  onTestFinished(() => sandbox.close());
  const credentials = { instanceId: sandbox.instanceId, openKey: async () => sandbox.apiKey };
  const client = testCloud(sandbox.api).client(cloudCredentials(credentials));
  const readCloud: ReadCloud = async (_scope, read) => ({ kind: "ready", value: await read(client) });

  /** USD wallets in a ledger of their own. */
  const openWallets = async (count: number, currency = "USD") => {
    const { ledger_id } = await client.ledgers.create({ name: "Wallets" });
    const made = Array.from({ length: count }, () => client.balances.create({ ledger_id, currency }));
    return (await Promise.all(made)).map(({ balance_id }) => balance_id);
  };

  /** Posts from the outside world into a balance, unless `more` says otherwise, and answers the row that came of it. */
  const post = async (destination: string, precise_amount: bigint, more: Partial<NewTransaction> = {}) => {
    const transaction: NewTransaction = {
      precise_amount,
      precision: 100n,
      currency: "USD",
      source: "@World",
      destination,
      reference: createReference("tidemark", "instapp_1"),
      description: "transfer",
      allow_overdraft: true,
      skip_queue: true,
      ...more,
    };
    await client.transactions.create(transaction);
    const options = { expected: transaction, waitMs: 10_000, pollMs: 5 };
    const outcome = await client.transactions.confirm(transaction.reference, options);
    if (!("transaction" in outcome)) throw new Error(`It is ${outcome.state}.`);
    return outcome.transaction;
  };

  return { sandbox, client, readCloud, openWallets, post };
}
