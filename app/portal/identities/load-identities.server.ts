import { z } from "zod";

import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { containing, type Filter } from "#app/platform/blnk/filters.ts";

import { findIdentityIds } from "#app/platform/portal/lists/find-by-name.server.ts";
import { filterText, loadList } from "#app/platform/portal/lists/read-list-state.server.ts";
import { EMPTY_PAGE, readPage } from "#app/platform/portal/lists/read-page.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { identityName } from "./identity-name.ts";
import { maskedFields, withoutFields } from "./masked-fields.ts";

/** An identity's id, an address with an @, or part of a name. */
const identityQuery = z.object({ q: filterText, type: filterText });

export function loadIdentities(readCloud: ReadCloud, params: URLSearchParams, now: number) {
  return loadList(identityQuery, params, now, (state) =>
    readCloud("data:read", async (client) => {
      const filters = await identityFilters(client, state.filters);
      if (filters === undefined) return EMPTY_PAGE;
      const { rows, ...page } = await readPage(client.identities, filters, state);
      return {
        ...page,
        rows: rows.map((row) => ({
          identity_id: row.identity_id,
          name: identityName(withoutFields(row, maskedFields(row))),
          nameMasked: maskedFields(row).some((field) => field === "first_name" || field === "last_name"),
          identity_type: row.identity_type,
          category: row.category,
          created_at: row.created_at,
        })),
      };
    }),
  );
}

async function identityFilters(
  client: Pick<CloudClient, "identities">,
  { q, type }: z.output<typeof identityQuery>,
): Promise<Filter<"identities">[] | undefined> {
  const search = q === undefined ? [] : await searchFilter(client, q);
  if (search === undefined) return undefined;
  return [...search, ...(type ? [{ field: "identity_type", operator: "eq", value: type } as const] : [])];
}

async function searchFilter(
  client: Pick<CloudClient, "identities">,
  q: string,
): Promise<Filter<"identities">[] | undefined> {
  if (q.startsWith("idt_")) return [{ field: "identity_id", operator: "eq", value: q }];
  if (q.includes("@")) return [{ field: "email_address", operator: "ilike", value: containing(q) }];
  const ids = await findIdentityIds(client, q);
  return ids.length === 0 ? undefined : [{ field: "identity_id", operator: "in", values: ids }];
}
