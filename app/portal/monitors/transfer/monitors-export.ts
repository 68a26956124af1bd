import { ReadableStream, TextEncoderStream } from "node:stream/web";

import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { requireRead } from "#app/platform/http/refusals.server.ts";
import { exportMonitors } from "#app/monitors/export-monitors.server.ts";

import type { Route } from "./+types/monitors-export.ts";

export const middleware = [requireRead];

/** `?with=state` adds what the monitors found. */
export function loader({ request, context }: Route.LoaderArgs) {
  const { db } = context.get(platformContext);
  const { install } = context.get(sessionContext);
  const withState = new URL(request.url).searchParams.get("with") === "state";
  const text = ReadableStream.from(exportMonitors(db, install.installed_app_id, { withState }));
  return new Response(text.pipeThrough(new TextEncoderStream()) as BodyInit, {
    headers: {
      "Content-Type": "application/json",
      "Content-Disposition": 'attachment; filename="monitors.json"',
    },
  });
}
