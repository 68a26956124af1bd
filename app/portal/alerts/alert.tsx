import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { alertChangeSchema } from "#app/portal/alerts/alert-forms.server.ts";
import { AlertPage } from "#app/portal/alerts/alert-page.tsx";
import { changeAlert } from "#app/portal/alerts/change-alert.server.ts";
import { loadAlert } from "#app/portal/alerts/load-alert.server.ts";
import { MAYBE_DONE_IN_BLNK } from "#app/platform/portal/write-client.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/alert.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Alert · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, now } = openReads(args);
  const { db } = args.context.get(platformContext);
  const { installed_app_id } = args.context.get(sessionContext).install;
  return loadAlert(readCloud, db, {
    installedAppId: installed_app_id,
    anomalyId: args.params.anomalyId,
    now,
  });
}

export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(
    context,
    async () => {
      const session = context.get(sessionContext);
      requirePermission(session, "alerts:write");
      requirePermission(session, "alerts:read");
      const { value, refuse } = await readForm(request, alertChangeSchema);
      if (!value) return { change: "text" as const, outcome: undefined, form: refuse() };
      const outcome = await changeAlert(context.get(platformContext), session, params.anomalyId, value);
      return { change: value.change, outcome, form: refuse() };
    },
    MAYBE_DONE_IN_BLNK,
  );
}

export default function AlertRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <AlertPage {...loaderData} result={actionData} />;
}
