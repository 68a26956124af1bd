import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { changeWebhook, webhookChangeSchema } from "#app/portal/monitors/webhook/change-webhook.server.ts";
import { loadWebhook } from "#app/portal/monitors/webhook/load-webhook.server.ts";
import { WebhookPage } from "#app/portal/monitors/webhook/webhook-page.tsx";
import { readSubmission } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/monitors-webhook.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Webhook · ${app.name}` }];
}

export function loader({ context }: Route.LoaderArgs) {
  const { installed_app_id } = context.get(sessionContext).install;
  return loadWebhook(context.get(platformContext), installed_app_id);
}

export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const submission = await readSubmission(request, webhookChangeSchema);
    return await changeWebhook(context.get(platformContext), context.get(sessionContext), submission);
  });
}

export default function WebhookRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <WebhookPage {...loaderData} answer={actionData} />;
}
