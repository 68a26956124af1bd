import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePost } from "#app/platform/http/refusals.server.ts";
import { recordActivity } from "#app/platform/activity/activity.server.ts";
import { requireEmptyForm } from "#app/platform/http/read-form.server.ts";
import { endLaunch } from "#app/platform/sessions/launches.server.ts";
import { actorOf } from "#app/platform/sessions/portal-session.server.ts";
import { sessionEndedPage } from "#app/ui/plain-page.server.ts";

import type { Route } from "./+types/end-session.ts";

export const middleware = [requirePost];

/** "End this session" ends the launch: every tab and panel that was opened from it. */
export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    await requireEmptyForm(request);
    const { db, clock } = context.get(platformContext);
    const session = context.get(sessionContext);
    await db.write(async (tx) => {
      await endLaunch(tx, session.launchId, clock.now());
      await recordActivity(
        tx,
        {
          ...actorOf(session),
          action: "session.ended",
          result: "by hand",
        },
        clock.now(),
      );
    });
    return sessionEndedPage();
  });
}
