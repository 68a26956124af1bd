import { platformContext, sessionContext } from "#app/context.server.ts";
import { exportMonitors } from "#app/monitors/export-monitors.server.ts";

import type { Route } from "./+types/monitors-export.ts";

/** `?with=state` adds what the monitors found. */
export async function loader({ request, context }: Route.LoaderArgs) {
  const { db } = context.get(platformContext);
  const { install } = context.get(sessionContext);
  const withState = new URL(request.url).searchParams.get("with") === "state";
  return Response.json(await exportMonitors(db, install.installed_app_id, { withState }), {
    headers: { "Content-Disposition": 'attachment; filename="monitors.json"' },
  });
}
