import { randomUUID } from "node:crypto";

/**
 * A reference for a new transaction. References are unique over a whole instance, all its apps included, hence the
 * namespace; none ends like one that Core makes itself (`_q`, `_1`, `-1`, `_refund`) or holds a list separator.
 * Store it before the call: it is the only way to learn what became of the transaction.
 */
export function createReference(app: string, installedAppId: string): string {
  // Without its dashes: one uuid in 300 ends with a dash and digits.
  return `${app}:${installedAppId}:${randomUUID().replaceAll("-", "")}`;
}
