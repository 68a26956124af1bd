import { data } from "react-router";

import { platformContext, sessionContext } from "#app/context.server.ts";
import { readFormData } from "#app/form-body.server.ts";
import { refuseInWords, requirePost } from "#app/http.server.ts";
import { chooseDisplay, displaySchema } from "#app/portal/display/display.server.ts";

import type { Route } from "./+types/display.ts";

export const middleware = [requirePost];

/** Keeps how the launch shows times and colours. */
export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const choice = displaySchema.safeParse(Object.fromEntries(await readFormData(request)));
    if (!choice.success) throw data(null, { status: 400 });
    const { launchId } = context.get(sessionContext);
    await context.get(platformContext).db.write((tx) => chooseDisplay(tx, launchId, choice.data));
    return null;
  });
}
