import { data, Form, redirect, useNavigation } from "react-router";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";
import { RecordHead } from "#app/platform/portal/record-head.tsx";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";
import { Button } from "#app/ui/button.tsx";
import { Card } from "#app/ui/card.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { changeFromPage, changeSchema } from "./change-monitor.server.ts";
import { loadMonitor } from "./load-monitor.server.ts";
import type { Route } from "./+types/monitor-delete.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Delete monitor · ${app.name}` }];
}

export async function loader({ params, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const page = await loadMonitor(db, {
    installedAppId: context.get(sessionContext).install.installed_app_id,
    id: params.monitorId,
    now: clock.now(),
  });
  if (!page) throw data(null, { status: 404 });
  const { id, name, explanation, open } = page;
  return { id, name, explanation, open };
}

export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const session = context.get(sessionContext);
    await changeFromPage(context.get(platformContext), session, {
      id: params.monitorId,
      asked: await requireForm(request, changeSchema),
    });
    // Deleted already, by a second click or by somebody else.
    return redirect(`/portal/${session.launchId}/monitors`);
  });
}

export default function DeleteMonitorPage({
  loaderData: { id, name, explanation, open },
}: Route.ComponentProps) {
  const portalPath = usePortalPath();
  const isSending = useNavigation().formMethod === "POST";
  return (
    <>
      <RecordHead kind="Delete monitor" id={id} />
      <Card className="max-w-xl space-y-3 p-4">
        <p className="font-medium">
          <bdi>{name}</bdi>
        </p>
        <p className="text-quiet">
          <bdi>{explanation}</bdi>
        </p>
        <p>
          {open === 0
            ? "It has no incident open."
            : `${open === 1 ? "Its open incident is" : `Its ${open} open incidents are`} closed, and alerts not raised yet are dropped.`}{" "}
          Alerts that were raised stay in Blnk Cloud as they are. Its history is kept, but no longer shown.
        </p>
        <Form method="post" className="flex flex-wrap items-center gap-4">
          <Button type="submit" kind="primary" name="change" value="delete" disabled={isSending}>
            Delete <bdi>{name}</bdi>
          </Button>
          <TextLink to={portalPath(`monitors/${id}`)}>Keep it</TextLink>
        </Form>
      </Card>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";
