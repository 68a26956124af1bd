import { redirect } from "react-router";

import { app } from "#app/app.ts";
import { operatorContext, platformContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { endSessions, endSessionsSchema } from "./end-sessions.server.ts";
import { loadSessions } from "./load-sessions.server.ts";
import { SessionsPage } from "./sessions-page.tsx";
import { requireForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/sessions.ts";

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

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
