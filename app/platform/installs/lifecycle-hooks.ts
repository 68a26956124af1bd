import type { Tx } from "#db/write-queue.server.ts";

/** What a feature does when an install changes: each hook runs inside the unit of work that records the change. */
export type LifecycleHooks = {
  /** The key is destroyed: destroys the feature's own secrets. */
  onUninstall?: (tx: Tx, installedAppId: string, now: number) => Promise<void>;
  /** Another install of the same instance replaces this one: moves what the team made. */
  onReinstall?: (tx: Tx, from: string, to: string) => Promise<void>;
  /** The key works: resumes what was waiting for it. */
  onKeyVerified?: (
    tx: Tx,
    install: { installed_app_id: string; generation: number },
    now: number,
  ) => Promise<void>;
  /** A backup is being restored: marks what may have happened since it was made. */
  onRestore?: (tx: Tx, now: number) => Promise<void>;
};
