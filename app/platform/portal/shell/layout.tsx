import { Outlet } from "react-router";

import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { requestContext } from "#app/platform/http/request-context.server.ts";
import { readDisplay } from "../display/display.server.ts";
import { keepPageWhenNotStored } from "./not-stored.ts";
import type { PortalFrame } from "./portal-frame.ts";
import { PortalShell } from "./portal-shell.tsx";
import { holdPageAtSessionEnd } from "./session-end.ts";

import type { Route } from "./+types/layout.ts";
import { requirePortalSession } from "../require-portal-session.server.ts";

export { PortalErrorPage as ErrorBoundary } from "../portal-error.tsx";

export const middleware = [requirePortalSession];
export const clientMiddleware = [holdPageAtSessionEnd, keepPageWhenNotStored];

export async function loader({ context }: Route.LoaderArgs): Promise<PortalFrame> {
  const { db, clock } = context.get(platformContext);
  const { install, expiresAt, launchId } = context.get(sessionContext);
  return {
    instanceId: install.instance_id,
    key: install.keyState,
    scopes: install.grantedPermissions,
    display: await readDisplay(db, launchId),
    remainingMs: expiresAt - clock.now(),
    requestId: context.get(requestContext).id,
  };
}

/** The time left and the key's state may have changed since the last screen. */
export function shouldRevalidate() {
  return true;
}

export default function PortalLayout({ loaderData, params }: Route.ComponentProps) {
  return (
    <PortalShell launchId={params.launchId} frame={loaderData}>
      <Outlet />
    </PortalShell>
  );
}
