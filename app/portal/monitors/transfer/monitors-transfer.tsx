import { data } from "react-router";

import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { listMonitors } from "#app/monitors/monitors.server.ts";
import { importFromForm } from "./import-from-form.server.ts";
import { TransferPage } from "./transfer-page.tsx";

import type { Route } from "./+types/monitors-transfer.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Export and import · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  const { installed_app_id } = context.get(sessionContext).install;
  const monitors = await listMonitors(context.get(platformContext).db.read, installed_app_id);
  return { count: monitors.length };
}

export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const outcome = await importFromForm(context.get(platformContext), context.get(sessionContext), request);
    return data(outcome, { status: outcome.problems ? 400 : 200 });
  });
}

export default function TransferRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <TransferPage {...loaderData} outcome={actionData} />;
}
