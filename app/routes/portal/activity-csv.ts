import { platformContext, sessionContext } from "#app/context.server.ts";
import { requireRead } from "#app/http.server.ts";
import { readActivityCsv } from "#app/portal/activity/load-activity.server.ts";
import { csvResponse } from "#app/portal/lists/csv.server.ts";

import type { Route } from "./+types/activity-csv.ts";

export const middleware = [requireRead];

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { installed_app_id } = context.get(sessionContext).install;
  const { searchParams } = new URL(request.url);
  return csvResponse("activity", await readActivityCsv(db, installed_app_id, searchParams, clock.now()));
}
