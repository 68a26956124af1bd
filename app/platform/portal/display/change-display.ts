import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePost } from "#app/platform/http/refusals.server.ts";
import { chooseDisplay, displaySchema } from "./display.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/change-display.ts";

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
