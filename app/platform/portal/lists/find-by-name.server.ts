import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { containing, MAX_IN_VALUES } from "#app/platform/blnk/filters.ts";

/*
 * Cloud joins filters with "and" only, so a word that may stand in one of several fields is looked up field by field and
 * the list then asked for by ids. One filter can name 100; a part of more would pass for all of them, in a count and in a
 * file too, so more than that is refused.
 */

/**
 * Identities whose first or last name, or organization's name, has `text` in it; two words may be first and last name.
 *
 * @throws CloudError `invalid` when there are too many
 */
export async function findIdentityIds(
  { identities }: Pick<CloudClient, "identities">,
  text: string,
): Promise<string[]> {
  const [first, ...rest] = text.split(/\s+/);
  const searches = [[has("first_name", text)], [has("last_name", text)], [has("organization_name", text)]];
  if (first && rest.length > 0) searches.push([has("first_name", first), has("last_name", rest.join(" "))]);
  return await collectIds(
    searches.map((filters) => identities.scan({ filters, createdUntil: undefined })),
    ({ identity_id }) => identity_id,
  );
}

/**
 * Balances that carry a `name` with `text` in it in their metadata, or whose identity has such a name.
 *
 * @throws CloudError `invalid` when there are too many
 */
export async function findBalanceIds(
  client: Pick<CloudClient, "identities" | "balances">,
  text: string,
): Promise<string[]> {
  const named = [{ field: "meta_data.name", operator: "ilike", value: containing(text) }] as const;
  const owners = await findIdentityIds(client, text);
  const owned = [{ field: "identity_id", operator: "in", values: owners }] as const;
  return await collectIds(
    [named, ...(owners.length > 0 ? [owned] : [])].map((filters) =>
      client.balances.scan({ filters, createdUntil: undefined }),
    ),
    ({ balance_id }) => balance_id,
  );
}

function has(field: "first_name" | "last_name" | "organization_name", part: string) {
  return { field, operator: "ilike", value: containing(part) } as const;
}

async function collectIds<T>(scans: AsyncIterable<T[]>[], idOf: (row: T) => string): Promise<string[]> {
  const ids = new Set<string>();
  const collect = async (scan: AsyncIterable<T[]>) => {
    for await (const rows of scan) {
      for (const row of rows) ids.add(idOf(row));
      if (ids.size > MAX_IN_VALUES)
        throw new CloudError(
          "invalid",
          {},
          `More than ${MAX_IN_VALUES} have that in their name; enter more of it`,
        );
    }
  };
  await Promise.all(scans.map(collect));
  return [...ids];
}
