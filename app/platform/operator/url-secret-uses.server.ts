import type { Clock } from "#app/platform/clock.ts";
import type { UrlPurpose } from "#app/platform/installs/url-token.server.ts";

/** `index` is the place in URL_SECRETS: 0 is the newest. */
export type UrlSecretUse = {
  purpose: UrlPurpose;
  index: number;
  requests: number;
  lastAt: number | undefined;
};

export type UrlSecretUses = ReturnType<typeof createUrlSecretUses>;

/**
 * Which of URL_SECRETS Blnk calls with, so that one sees when an old one has fallen silent. Counted since the server
 * started: what was stored before may have been counted by another list.
 */
export function createUrlSecretUses(secrets: readonly string[], clock: Clock) {
  const uses: UrlSecretUse[] = secrets.flatMap((_, index) => [
    { purpose: "callback", index, requests: 0, lastAt: undefined },
    { purpose: "launch", index, requests: 0, lastAt: undefined },
  ]);
  return {
    list: (): readonly UrlSecretUse[] => uses,
    record(purpose: UrlPurpose, index: number): void {
      const use = uses.find((other) => other.purpose === purpose && other.index === index);
      if (!use) return;
      use.requests += 1;
      use.lastAt = clock.now();
    },
  };
}
