import type { Scope } from "#app/permissions/scopes.ts";

/** What is known of an install's key, as people are told it. */
export type KeyStanding = "working" | "checking" | "unprovable" | "rejected";

const READ_SCOPES: readonly Scope[] = ["data:read", "alerts:read"];

export function keyStanding(install: {
  keyState: "unverified" | "working" | "rejected";
  grantedPermissions: readonly Scope[];
}): KeyStanding {
  if (install.keyState !== "unverified") return install.keyState;
  return install.grantedPermissions.some((scope) => READ_SCOPES.includes(scope)) ? "checking" : "unprovable";
}
