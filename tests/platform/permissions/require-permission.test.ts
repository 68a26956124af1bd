import { createStaticHandler, type StaticHandlerContext } from "react-router";
import { expect, test } from "vitest";

import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { isScope, type Scope, SCOPES } from "#app/platform/permissions/scopes.ts";

const sessionWith = (...grantedPermissions: Scope[]) => ({ install: { grantedPermissions } });

/** A page whose loader and action both need the scope, as React Router serves it. */
async function ask(session: ReturnType<typeof sessionWith>, scope: Scope, method: "GET" | "POST") {
  const run = () => {
    requirePermission(session, scope);
    return "done";
  };
  const handler = createStaticHandler([{ path: "/", loader: run, action: run }]);
  return (await handler.query(
    new Request("https://tidemark.example.com/", { method }),
  )) as StaticHandlerContext;
}

test.each(SCOPES)("without %s a loader and an action answer 403 that names it", async (scope) => {
  const session = sessionWith(...SCOPES.filter((other) => other !== scope));
  for (const method of ["GET", "POST"] as const) {
    const { statusCode, errors } = await ask(session, scope, method);
    expect(statusCode).toBe(403);
    expect(Object.values(errors ?? {})).toMatchObject([
      { status: 403, data: { code: "missing_scope", message: expect.stringContaining(scope) as string } },
    ]);
  }
});

test.each(SCOPES)("with %s alone a loader and an action run", async (scope) => {
  for (const method of ["GET", "POST"] as const) {
    const { statusCode, errors } = await ask(sessionWith(scope), scope, method);
    expect(statusCode).toBe(200);
    expect(errors).toBeNull();
  }
});

test("only the four scopes are scopes", () => {
  expect(SCOPES.every(isScope)).toBe(true);
  for (const other of ["*", "proxy:write", "data:", "DATA:READ", "data:read ", "", "constructor"])
    expect(isScope(other)).toBe(false);
});
