import type { CallbackEvent } from "./callback-schema.ts";

export type Verdict = { outcome: "applied" | "duplicate" | "ignored" | "refused"; reason: string | null };

/** What is stored at the moment the event is judged. */
export type Known = {
  install: { app_id: string; instance_id: string; state: "active" | "inactive" } | undefined;
  earlier: { outcome: string } | undefined;
  /** The install's own past with the key that the event carries. */
  key: { applied: boolean; held: boolean; current: boolean };
};

/**
 * Decides what an authentic event means. Mismatches come first; then repetition, told by fingerprint and by key, since
 * Blnk's idempotency key neither changes with a new api_key nor tells a re-install from a replay.
 */
export function judgeCallback(
  event: CallbackEvent,
  { install, earlier, key }: Known,
  pinnedAppId: string | undefined,
): Verdict {
  if (pinnedAppId !== undefined && event.app_id !== pinnedAppId)
    return refused("app_id differs from BLNK_APP_ID");
  if (install && install.app_id !== event.app_id) return refused("app_id differs from the stored install");
  if (install && install.instance_id !== event.instance_id)
    return refused("instance_id differs from the stored install");

  const active = install?.state === "active";
  if (event.kind === "install") {
    if (earlier?.outcome === "applied") return DUPLICATE;
    if (key.applied && !(active && key.current))
      return { ...DUPLICATE, reason: "its key was applied to this install before" };
    return APPLIED;
  }
  // Without its time a second uninstall looks like a replay of the first: when in doubt, disable.
  if (earlier?.outcome === "applied" && !(active && event.uninstalled_at === null)) return DUPLICATE;
  return install ? APPLIED : { outcome: "ignored", reason: "unknown install" };
}

const APPLIED: Verdict = { outcome: "applied", reason: null };
const DUPLICATE: Verdict = { outcome: "duplicate", reason: null };

function refused(reason: string): Verdict {
  return { outcome: "refused", reason };
}
