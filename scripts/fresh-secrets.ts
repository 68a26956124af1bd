import { randomBytes } from "node:crypto";

export type FreshSecrets = { ENCRYPTION_KEYS: string; URL_SECRETS: string };

/** One new key and one new URL secret, as the environment wants them. */
export function freshSecrets(now: Date): FreshSecrets {
  const day = now.toISOString().slice(0, 10).replaceAll("-", "");
  // A second key of the same day must not have the first one's id.
  const keyId = `k${day}-${randomBytes(2).toString("hex")}`;
  return {
    ENCRYPTION_KEYS: `${keyId}:${randomBytes(32).toString("base64")}`,
    URL_SECRETS: randomBytes(32).toString("base64url"),
  };
}
