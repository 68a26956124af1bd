import { data } from "react-router";

import { platformContext, sessionContext } from "#app/context.server.ts";
import { chooseDisplay, displaySchema } from "#app/portal/display/display.server.ts";

import type { Route } from "./+types/display.ts";

/** Keeps how the launch shows times and colours. */
export async function action({ request, context }: Route.ActionArgs) {
  const choice = displaySchema.safeParse(Object.fromEntries(await request.formData()));
  if (!choice.success) throw data(null, { status: 400 });
  const { launchId } = context.get(sessionContext);
  await context.get(platformContext).db.write((tx) => chooseDisplay(tx, launchId, choice.data));
  return null;
}
