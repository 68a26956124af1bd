import { redirect } from "react-router";

import { app } from "#app/app.ts";
import { operatorContext, platformContext } from "#app/context.server.ts";
import { refuseInWords } from "#app/http.server.ts";
import { endSessions, endSessionsSchema } from "#app/ops/sessions/end-sessions.server.ts";
import { loadSessions } from "#app/ops/sessions/load-sessions.server.ts";
import { SessionsPage } from "#app/ops/sessions/sessions-page.tsx";
import { requireForm } from "#app/read-form.server.ts";

import type { Route } from "./+types/sessions.ts";

export { OpsError as ErrorBoundary } from "#app/ops/shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Sessions · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  return { launches: await loadSessions(db, clock.now()), loadedAt: clock.now() };
}

export async function action({ request, context }: Route.ActionArgs) {
  return await refuseInWords(context, async () => {
    const which = await requireForm(request, endSessionsSchema);
    await endSessions(context.get(platformContext), context.get(operatorContext), which);
    return redirect("/ops/sessions", 303);
  });
}

export default function SessionsRoute({ loaderData }: Route.ComponentProps) {
  return <SessionsPage {...loaderData} />;
}
