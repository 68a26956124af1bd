import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePost } from "#app/platform/http/refusals.server.ts";
import { requireEmptyForm } from "#app/platform/http/read-form.server.ts";
import { mintTabCode } from "#app/platform/sessions/hand-over-codes.server.ts";

import type { Route } from "./+types/new-tab.ts";

export const middleware = [requirePost];

/** A link for a tab of its own: a partitioned cookie does not follow there, a single-use code does. */
export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    await requireEmptyForm(request);
    const { db, clock } = context.get(platformContext);
    const { launchId } = context.get(sessionContext);
    const code = await db.write((tx) => mintTabCode(tx, launchId, clock.now()));
    return { location: `/portal/enter?code=${code}` };
  });
}
