import type { Identity } from "#app/platform/blnk/records.ts";

export type MaskedField =
  | "first_name"
  | "last_name"
  | "other_names"
  | "email_address"
  | "phone_number"
  | "street"
  | "post_code";

/** Core names the fields that it tokenises by their Go names. */
const GO_NAMES: ReadonlyMap<string, MaskedField> = new Map([
  ["FirstName", "first_name"],
  ["LastName", "last_name"],
  ["OtherNames", "other_names"],
  ["EmailAddress", "email_address"],
  ["PhoneNumber", "phone_number"],
  ["Street", "street"],
  ["PostCode", "post_code"],
]);

/** The fields whose value is a token in Blnk and not what was entered, by the mark that Core keeps in the metadata. */
export function maskedFields({ meta_data }: Pick<Identity, "meta_data">): MaskedField[] {
  const marks = meta_data["tokenized_fields"];
  if (typeof marks !== "object" || marks === null) return [];
  return toMaskedFields(
    Array.isArray(marks) ? marks : Object.keys(marks).filter((name) => marks[name] === true),
  );
}

export function toMaskedFields(goNames: readonly unknown[]): MaskedField[] {
  return goNames.flatMap((name) => (typeof name === "string" ? (GO_NAMES.get(name) ?? []) : []));
}

/** Without the tokens, which say nothing and look like what they stand for. */
export function withoutFields<T extends Identity>(identity: T, masked: readonly MaskedField[]): T {
  return { ...identity, ...Object.fromEntries(masked.map((field) => [field, undefined])) };
}
