import type { CloudClient } from "#app/blnk/cloud.server.ts";
import { containing, MAX_IN_VALUES } from "#app/blnk/filters.ts";

/*
 * Cloud joins filters with "and" only, so a word that may stand in one of several fields is looked up field by field and
 * the list then asked for by ids. Both find at most 100, which is what one filter can name.
 */

/** Identities whose first or last name, or organization's name, has `text` in it; two words may be first and last name. */
export async function findIdentityIds(
  { identities }: Pick<CloudClient, "identities">,
  text: string,
): Promise<string[]> {
  const [first, ...rest] = text.split(/\s+/);
  const searches = [[has("first_name", text)], [has("last_name", text)], [has("organization_name", text)]];
  if (first && rest.length > 0) searches.push([has("first_name", first), has("last_name", rest.join(" "))]);
  const pages = await Promise.all(
    searches.map((filters) => identities.list({ filters, pageSize: MAX_IN_VALUES })),
  );
  return firstIds(pages.flatMap(({ rows }) => rows.map(({ identity_id }) => identity_id)));
}

/** Balances that carry a `name` with `text` in it in their metadata, or whose identity has such a name. */
export async function findBalanceIds(
  client: Pick<CloudClient, "identities" | "balances">,
  text: string,
): Promise<string[]> {
  const ofIdentities = async () => {
    const owners = await findIdentityIds(client, text);
    if (owners.length === 0) return { rows: [] };
    const filters = [{ field: "identity_id", operator: "in", values: owners }] as const;
    return await client.balances.list({ filters, pageSize: MAX_IN_VALUES });
  };
  const filters = [{ field: "meta_data.name", operator: "ilike", value: containing(text) }] as const;
  const pages = await Promise.all([
    client.balances.list({ filters, pageSize: MAX_IN_VALUES }),
    ofIdentities(),
  ]);
  return firstIds(pages.flatMap(({ rows }) => rows.map(({ balance_id }) => balance_id)));
}

function has(field: "first_name" | "last_name" | "organization_name", part: string) {
  return { field, operator: "ilike", value: containing(part) } as const;
}

function firstIds(ids: string[]): string[] {
  return [...new Set(ids)].slice(0, MAX_IN_VALUES);
}
