import { redirect } from "react-router";

import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { flagSchema } from "#app/portal/alerts/alert-forms.server.ts";
import { FlagPage } from "#app/portal/alerts/flag-page.tsx";
import { raiseFlag } from "#app/portal/alerts/raise-flag.server.ts";
import { MAYBE_DONE_IN_BLNK } from "#app/platform/portal/write-client.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";
import { mintSecret } from "#app/platform/sessions/secrets.server.ts";

import type { Route } from "./+types/flag.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Flag · ${app.name}` }];
}

export function loader() {
  return { formKey: mintSecret(16) };
}

export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(
    context,
    async () => {
      const session = context.get(sessionContext);
      requirePermission(session, "alerts:write");
      const { value, refuse } = await readForm(request, flagSchema);
      if (!value) return { outcome: undefined, form: refuse() };
      const outcome = await raiseFlag(context.get(platformContext), session, {
        entityId: params.entityId,
        ...value,
      });
      if (outcome.kind === "raised" && session.install.grantedPermissions.includes("alerts:read"))
        return redirect(`/portal/${session.launchId}/alerts/${encodeURIComponent(outcome.anomalyId)}`);
      return { outcome, form: refuse() };
    },
    MAYBE_DONE_IN_BLNK,
  );
}

export default function FlagRoute({ loaderData, actionData, params }: Route.ComponentProps) {
  return <FlagPage {...loaderData} entityId={params.entityId} result={actionData} />;
}
