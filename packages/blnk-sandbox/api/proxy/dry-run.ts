import { isSince } from "../../ledger/core-version.ts";
import type { Switches } from "../../switches.ts";
import type { BodyObject } from "./read-object.ts";

/** Before 0.15.3 Core does not know the word, and the money moves. */
export function isDryRun(sent: BodyObject, { core_version }: Switches): boolean {
  return isSince(core_version, "0.15.3") && sent.flag("dry_run");
}
