import { CloudError } from "#app/platform/blnk/cloud-error.ts";

/** Of some rows that were too large to be read even alone; undefined where there were none. */
export function problemOfUnread(rows: number, what: "balance" | "transaction"): string | undefined {
  if (rows === 0) return undefined;
  return `${rows === 1 ? `A ${what}` : `${rows} ${what}s`} could not be read: Blnk Cloud's answer is too large or damaged.`;
}

/**
 * Why a read failed, in words for people; undefined when it did not.
 *
 * @throws CloudError `unauthorised`, `stopped` or `cancelled`: then no other read will do better
 */
export async function problemOf(read: () => Promise<void>): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (!(error instanceof CloudError) || ["unauthorised", "stopped", "cancelled"].includes(error.code))
      throw error;
    return error.code === "missing_scope" && error.scope !== undefined
      ? `${error.message}: ${error.scope}.`
      : `${error.message}.`;
  }
}
