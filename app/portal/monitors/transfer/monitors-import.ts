import { parseJson } from "#app/platform/blnk/transport/lossless-json.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { answerJson } from "#app/platform/answers.server.ts";
import { requirePost } from "#app/platform/http/refusals.server.ts";
import { readJsonBody } from "#app/platform/http/json-body.server.ts";
import { importMonitors } from "#app/monitors/import-monitors.server.ts";
import { authorOf } from "../author.server.ts";

import type { Route } from "./+types/monitors-import.ts";

const MAX_BYTES = 1024 * 1024;

export const middleware = [requirePost];

/** `?skip_existing=1` leaves out the monitors whose name is taken. */
export function action({ request, context }: Route.ActionArgs) {
  const { db, clock, worker } = context.get(platformContext);
  const author = authorOf(context.get(sessionContext));
  return answerJson(context, async () => {
    const body = await readJsonBody(request, { maxBytes: MAX_BYTES, parse: parseJson });
    const skipExisting = new URL(request.url).searchParams.get("skip_existing") === "1";
    const result = await importMonitors(db, author, body, { skipExisting, now: clock.now() });
    worker.wake();
    return Response.json(result);
  });
}
