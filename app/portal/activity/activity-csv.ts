import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { requireRead } from "#app/platform/http/refusals.server.ts";
import { readActivityCsv } from "./load-activity.server.ts";
import { csvResponse } from "#app/platform/portal/lists/csv.server.ts";

import type { Route } from "./+types/activity-csv.ts";

export const middleware = [requireRead];

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { installed_app_id } = context.get(sessionContext).install;
  const { searchParams } = new URL(request.url);
  return csvResponse("activity", await readActivityCsv(db, installed_app_id, searchParams, clock.now()));
}
