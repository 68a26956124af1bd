import { createHash } from "node:crypto";

import { app } from "#app/app.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { MAX_IN_VALUES } from "#app/platform/blnk/filters.ts";
import { isCut, isObject } from "#app/platform/blnk/read-fields.ts";
import type { JsonObject } from "#app/platform/blnk/transport/lossless-json.ts";

/*
 * A note that people keep with a record, in this app's own part of its metadata.
 */

export type NoteOutcome =
  | { kind: "saved" }
  /** Nothing was changed. */
  | { kind: "refused"; problem: string }
  | { kind: "unknown"; problem: string };

/** How a note was when its form was shown: what was changed by somebody else since is not overwritten. */
export function noteVersion(note: string): string {
  return createHash("sha256").update(note).digest("base64url");
}

/** The note of a transaction, balance, ledger or identity; empty when it has none. */
export async function readNote(client: CloudClient, id: string): Promise<string> {
  return noteOf(ownPart(await readMetadata(client, id)));
}

/** Writes the note, or takes an empty one away, and says that it is saved once it is read back. Sent again it changes nothing. */
export async function saveNote(
  client: CloudClient,
  id: string,
  { note, seen }: { note: string; seen: string },
): Promise<NoteOutcome> {
  try {
    const before = await readNote(client, id);
    if (before === note) return { kind: "saved" };
    if (noteVersion(before) !== seen)
      return { kind: "refused", problem: "Somebody changed this note since the page was loaded" };
    await writeNote(client, id, note);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (!error.mayBeDone) return { kind: "refused", problem: error.message };
  }
  try {
    if ((await readNote(client, id)) === note) return { kind: "saved" };
    return { kind: "unknown", problem: "Blnk does not show the note" };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { kind: "unknown", problem: `Whether it was saved could not be seen: ${error.message}` };
  }
}

async function writeNote(client: CloudClient, id: string, note: string): Promise<void> {
  const below = id.startsWith("txn_") ? await readOwnPartsBelow(client, id) : [];
  await client.metadata.update(id, app.slug, (own) => {
    const { note: _, ...rest } = own;
    return note === "" ? rest : { ...rest, note };
  });
  // Core gives the direct children of a transaction the same: what they had of ours before is put back, from the top
  // down, since that is handed down in turn.
  for (const row of below) await client.metadata.update(row.id, app.slug, () => row.own);
}

/** hold → commit → refund queued → refund, and one to spare. */
const DEPTH = 5;

async function readOwnPartsBelow(
  { transactions }: Pick<CloudClient, "transactions">,
  id: string,
): Promise<{ id: string; own: JsonObject }[]> {
  const found: { id: string; own: JsonObject }[] = [];
  for (let parents = [id], depth = 0; parents.length > 0 && depth < DEPTH; depth += 1) {
    const children: typeof found = [];
    for (let from = 0; from < parents.length; from += MAX_IN_VALUES) {
      const values = parents.slice(from, from + MAX_IN_VALUES);
      const filters = [{ field: "parent_transaction", operator: "in", values }] as const;
      for await (const page of transactions.scan({ filters, createdUntil: undefined })) {
        for (const { transaction_id, parent_transaction, meta_data } of page) {
          if (!values.includes(parent_transaction ?? "")) continue;
          if (isCut(meta_data))
            throw new CloudError(
              "invalid",
              {},
              "A part of this transaction has metadata too large to change",
            );
          children.push({ id: transaction_id, own: ownPart(meta_data) });
        }
      }
    }
    found.push(...children.filter(({ own }) => Object.keys(own).length > 0));
    parents = children.map((child) => child.id);
  }
  return found;
}

async function readMetadata(client: CloudClient, id: string): Promise<JsonObject> {
  const { transactions, balances, ledgers, identities } = client;
  const collections = new Map<string, { get(id: string): Promise<{ meta_data: JsonObject }> }>([
    ["txn", transactions],
    ["bln", balances],
    ["ldg", ledgers],
    ["idt", identities],
  ]);
  const collection = collections.get(id.split("_", 1)[0]!);
  // The general ledger's id is a word; Core keeps no metadata for it.
  if (!collection) throw new CloudError("invalid", {}, "Blnk keeps no metadata on that record");
  return (await collection.get(id)).meta_data;
}

/** What this app keeps with a record. */
export function ownPart(metadata: JsonObject): JsonObject {
  const own = metadata[app.slug];
  return isObject(own) ? own : {};
}

function noteOf({ note }: JsonObject): string {
  return typeof note === "string" ? note : "";
}
