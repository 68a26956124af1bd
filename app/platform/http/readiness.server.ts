import type { OpenDatabase } from "#db/database.server.ts";

import type { Clock } from "#app/platform/clock.ts";

export type Readiness = {
  /** Whether the database takes a write now; probed at most once a second, however often it is asked. */
  check(): Promise<boolean>;
  /** From now on not ready: the server finishes what it has begun. */
  drain(): void;
  isDraining(): boolean;
};

export function createReadiness(db: Pick<OpenDatabase, "probeWrite">, clock: Clock): Readiness {
  let draining = false;
  let probedAt = -Infinity;
  let probe = Promise.resolve(true);
  return {
    async check() {
      if (draining) return false;
      if (performance.now() - probedAt >= 1000) {
        probedAt = performance.now();
        probe = db.probeWrite(clock.now()).then(
          () => true,
          () => false,
        );
      }
      return (await probe) && !draining;
    },
    drain() {
      draining = true;
    },
    isDraining: () => draining,
  };
}
