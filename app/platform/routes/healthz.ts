import { requireRead } from "#app/platform/http/refusals.server.ts";

export const middleware = [requireRead];

/** The process is alive. */
export function loader() {
  return new Response("ok\n", { headers: { "Content-Type": "text/plain" } });
}
