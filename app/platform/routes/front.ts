import { app } from "#app/app.ts";
import { requireRead } from "#app/platform/http/refusals.server.ts";
import { plainPage } from "#app/ui/plain-page.server.ts";

export const middleware = [requireRead];

export function loader() {
  return plainPage({
    status: 200,
    title: app.name,
    text: "This app is running. Open it from your Blnk Cloud dashboard.",
  });
}
