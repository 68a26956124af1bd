import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { readTransactionChain } from "#app/platform/blnk/read-transaction-chain.server.ts";

import { balanceName } from "#app/portal/balances/balance-line.ts";
import { metadataText } from "#app/platform/portal/metadata-text.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";

export function loadTransaction(readCloud: ReadCloud, transactionId: string, now: number) {
  return {
    loadedAt: now,
    transactionId,
    transaction: readCloud("data:read", (client) => readTransaction(client, transactionId)),
  };
}

export type TransactionRead = Awaited<ReturnType<typeof readTransaction>>;

async function readTransaction(client: CloudClient, transactionId: string) {
  const { chain, row } = await readTransactionChain(client, transactionId);
  // The newest row has the balances' ids even where the first still has what was asked for.
  const { source, destination } =
    chain.steps.at(-1)!.part === "refund" ? chain.root : chain.steps.at(-1)!.row;
  const [sourceName, destinationName] = await Promise.all(
    [source, destination].map((id) => readName(client, id)),
  );
  return {
    chain,
    row: { ...row, meta_data: undefined },
    source: { id: source, name: sourceName },
    destination: { id: destination, name: destinationName },
    metadata: metadataText(row.meta_data),
  };
}

async function readName(
  { balances }: Pick<CloudClient, "balances">,
  id: string | undefined,
): Promise<string | undefined> {
  if (!id?.startsWith("bln_")) return id;
  try {
    return balanceName(await balances.get(id));
  } catch (error) {
    if (error instanceof CloudError && error.code === "not_found") return undefined;
    throw error;
  }
}
