import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";

import { readFirstBalances } from "#app/portal/balances/read-first-balances.server.ts";
import { metadataText } from "#app/platform/portal/metadata-text.server.ts";
import type { AssumePrecision } from "#app/platform/portal/precision/currency-precisions.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { identityName } from "./identity-name.ts";
import { maskedFields, toMaskedFields, withoutFields } from "./masked-fields.ts";

export function loadIdentity(
  readCloud: ReadCloud,
  assume: AssumePrecision,
  { identityId, now }: { identityId: string; now: number },
) {
  return {
    loadedAt: now,
    identityId,
    identity: readCloud("data:read", (client) => readIdentity(client, identityId)),
    balances: readCloud("data:read", (client) =>
      readFirstBalances(client, [{ field: "identity_id", operator: "eq", value: identityId }], assume),
    ),
  };
}

async function readIdentity({ identities }: CloudClient, identityId: string) {
  const [read, tokenised] = await Promise.all([
    identities.get(identityId),
    readTokenised(identities, identityId),
  ]);
  const masked = [...new Set([...maskedFields(read), ...toMaskedFields(tokenised)])];
  const { meta_data, ...identity } = withoutFields(read, masked);
  return { ...identity, name: identityName(identity), masked, metadata: metadataText(meta_data) };
}

/** What Core says itself; its mark in the metadata serves where it does not answer. */
async function readTokenised(identities: CloudClient["identities"], identityId: string): Promise<string[]> {
  try {
    return await identities.tokenisedFields(identityId);
  } catch (error) {
    if (error instanceof CloudError && NO_ANSWER.has(error.code)) return [];
    throw error;
  }
}

const NO_ANSWER: ReadonlySet<string> = new Set(["not_found", "invalid", "forbidden", "malformed"]);
