import { expect, test } from "vitest";

import { keyStanding } from "#app/portal/key-standing.ts";
import type { Scope } from "#app/permissions/scopes.ts";

test.each<[Scope[], string]>([
  [["data:read"], "checking"],
  [["alerts:read", "alerts:write"], "checking"],
  [["alerts:write"], "unprovable"],
  [["data:write"], "unprovable"],
  [[], "unprovable"],
])("an unverified key with %j is %s", (grantedPermissions, standing) => {
  expect(keyStanding({ keyState: "unverified", grantedPermissions })).toBe(standing);
});

test.each(["working", "rejected"] as const)("a %s key is so, whatever was granted", (keyState) => {
  expect(keyStanding({ keyState, grantedPermissions: [] })).toBe(keyState);
});
