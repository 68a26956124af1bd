import { data } from "react-router";

import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/context.server.ts";
import { readFormData } from "#app/form-body.server.ts";
import { refuseInWords } from "#app/http.server.ts";
import { changeWebhook } from "#app/portal/monitors/webhook/change-webhook.server.ts";
import { loadWebhook } from "#app/portal/monitors/webhook/load-webhook.server.ts";
import { WebhookPage } from "#app/portal/monitors/webhook/webhook-page.tsx";

import type { Route } from "./+types/monitors-webhook.ts";

export { PortalError as ErrorBoundary } from "#app/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Webhook · ${app.name}` }];
}

export function loader({ context }: Route.LoaderArgs) {
  const { installed_app_id } = context.get(sessionContext).install;
  return loadWebhook(context.get(platformContext), installed_app_id);
}

export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const form = await readFormData(request);
    const answer = await changeWebhook(context.get(platformContext), context.get(sessionContext), form);
    if (!answer) throw data(null, { status: 400 });
    return answer;
  });
}

export default function WebhookRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <WebhookPage {...loaderData} answer={actionData} />;
}
