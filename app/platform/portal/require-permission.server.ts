import { DomainError } from "#app/platform/errors.ts";
import { routeRefusal } from "#app/platform/http/refusals.server.ts";

import type { Scope } from "#app/platform/permissions/scopes.ts";

/**
 * For loaders and actions that are of no use without a scope. The client for Blnk checks again, so that a forgotten guard
 * still cannot call; the overview does not guard, it shows what is missing.
 *
 * @throws a 403 that React Router turns into the nearest ErrorBoundary, or the answer of a data request.
 */
export function requirePermission(
  session: { install: { grantedPermissions: readonly Scope[] } },
  scope: Scope,
): void {
  if (session.install.grantedPermissions.includes(scope)) return;
  throw routeRefusal(
    new DomainError(
      "missing_scope",
      `This needs the permission ${scope}, which this install was not granted. Re-install the app to grant it.`,
    ),
  );
}
