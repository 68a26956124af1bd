import { data, redirect } from "react-router";

import { startAction } from "#app/actions/start-action.server.ts";
import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { ActionPage } from "#app/portal/actions/action-page.tsx";
import { ACTION_WORDS } from "#app/portal/actions/action-words.ts";
import { loadAction } from "#app/portal/actions/load-action.server.ts";
import { requireEmptyForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/action.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta({ loaderData }: Route.MetaArgs): Route.MetaDescriptors {
  const title = loaderData ? ACTION_WORDS[loaderData.action.kind].title : "Not found";
  return [{ title: `${title} · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, now } = openReads(args);
  const { db } = args.context.get(platformContext);
  const session = args.context.get(sessionContext);
  const page = await loadAction(readCloud, db, session, args.params.actionId, now);
  if (!page) throw data(null, { status: 404 });
  return page;
}

/** The person's word for it. The answer is this page anew, so that it can be reloaded and gone back to. */
export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const session = context.get(sessionContext);
    requirePermission(session, "data:write");
    requirePermission(session, "data:read");
    await requireEmptyForm(request);
    await startAction(context.get(platformContext), session, params.actionId);
    return redirect(`/portal/${session.launchId}/actions/${encodeURIComponent(params.actionId)}`);
  });
}

export default function ActionRoute({ loaderData }: Route.ComponentProps) {
  return <ActionPage {...loaderData} />;
}
