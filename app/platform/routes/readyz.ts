import { platformContext } from "#app/platform/context.server.ts";
import { requireRead } from "#app/platform/http/refusals.server.ts";

import type { Route } from "./+types/readyz.ts";

export const middleware = [requireRead];

/** Can store an event now, and is not stopping. */
export async function loader({ context }: Route.LoaderArgs) {
  const ready = await context.get(platformContext).readiness.check();
  return new Response(ready ? "ready\n" : "not ready\n", {
    status: ready ? 200 : 503,
    headers: { "Content-Type": "text/plain" },
  });
}
