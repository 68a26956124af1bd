import { refuseWrite } from "#app/http.server.ts";

/** The process is alive. */
export function loader() {
  return new Response("ok\n", { headers: { "Content-Type": "text/plain" } });
}

export const action = refuseWrite;
