import { redirect } from "react-router";
import { z } from "zod";

import { app } from "#app/app.ts";
import { addIntegrityPack, missingIntegrityKinds } from "#app/monitors/integrity-pack.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";
import { authorOf } from "#app/portal/monitors/author.server.ts";
import { findLateCheck } from "#app/portal/monitors/find-late-check.server.ts";
import { loadMonitors } from "#app/portal/monitors/load-monitors.server.ts";
import { MonitorsPage } from "#app/portal/monitors/monitors-page.tsx";

import type { Route } from "./+types/monitors.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Monitors · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock, intervalMs } = context.get(platformContext);
  const { installed_app_id } = context.get(sessionContext).install;
  const now = clock.now();
  const list = loadMonitors(db, installed_app_id, new URL(request.url).searchParams, now);
  const [late, missing] = await Promise.all([
    findLateCheck(db, installed_app_id, { now, intervalMs }),
    missingIntegrityKinds(db.read, installed_app_id),
  ]);
  return { ...list, late, offersIntegrityPack: missing.length > 0 };
}

/** The button that adds the integrity pack: there is nothing to fill in. */
export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    await requireForm(request, z.object({}));
    const { db, clock, worker } = context.get(platformContext);
    const session = context.get(sessionContext);
    await addIntegrityPack(db, authorOf(session), clock.now());
    worker.wake();
    return redirect(`/portal/${session.launchId}/monitors`);
  });
}

export default function MonitorsRoute({ loaderData }: Route.ComponentProps) {
  return <MonitorsPage {...loaderData} />;
}
