import type { Scope } from "#app/platform/permissions/scopes.ts";

import { CloudError } from "../cloud-error.ts";

/** One call, before the install's key and instance_id are added to it. */
export type CloudRequest = {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: CloudPath;
  query?: readonly (readonly [name: string, value: string])[];
  body?: object;
  /** What the method needs; refused before the key is opened when the install does not have it. */
  scope: Scope;
  /**
   * Whether sending it twice does no more than sending it once: reads, and writes with a fixed reference.
   * Anything else is sent once only, whatever happens.
   */
  repeatable: boolean;
};

/** A path with its ids encoded, and the same path with the ids left out, for logs. */
export type CloudPath = { readonly path: string; readonly route: string };

/**
 * Builds a path from a template: each id is checked and encoded, so that none can reach another route.
 *
 * @throws CloudError `invalid` for an id that no Blnk record can have
 */
export function cloudPath(parts: TemplateStringsArray, ...ids: string[]): CloudPath {
  return {
    path: String.raw({ raw: parts }, ...ids.map(encodeId)),
    route: String.raw({ raw: parts }, ...ids.map(() => ":id")),
  };
}

/** No slash, dot segment, percent sign or control character: whatever decodes the path, it stays one segment. */
const ID = /^(?!\.{1,2}$)[^\p{Cc}\s/\\%]{1,256}$/u;

function encodeId(id: string): string {
  if (!ID.test(id) || !id.isWellFormed()) {
    throw new CloudError("invalid", {}, "That is not an id of a Blnk record");
  }
  return encodeURIComponent(id);
}
