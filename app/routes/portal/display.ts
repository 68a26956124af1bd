import { platformContext, sessionContext } from "#app/context.server.ts";
import { refuseInWords, requirePost } from "#app/http.server.ts";
import { chooseDisplay, displaySchema } from "#app/portal/display/display.server.ts";
import { requireForm } from "#app/read-form.server.ts";

import type { Route } from "./+types/display.ts";

export const middleware = [requirePost];

/** Keeps how the launch shows times and colours. */
export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const choice = await requireForm(request, displaySchema);
    const { launchId } = context.get(sessionContext);
    await context.get(platformContext).db.write((tx) => chooseDisplay(tx, launchId, choice));
    return null;
  });
}
