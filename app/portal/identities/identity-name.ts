import type { Identity } from "#app/platform/blnk/records.ts";

/** As people are called: the organization's name, else the person's. */
export function identityName(
  identity: Pick<Identity, "organization_name" | "first_name" | "other_names" | "last_name">,
): string | undefined {
  const { organization_name, first_name, other_names, last_name } = identity;
  return organization_name ?? ([first_name, other_names, last_name].filter(Boolean).join(" ") || undefined);
}
