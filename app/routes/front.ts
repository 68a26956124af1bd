import { app } from "#app/app.ts";
import { refuseWrite } from "#app/http.server.ts";
import { plainPage } from "#app/ui/plain-page.server.ts";

export function loader() {
  return plainPage({
    status: 200,
    title: app.name,
    text: "This app is running. Open it from your Blnk Cloud dashboard.",
  });
}

export const action = refuseWrite;
