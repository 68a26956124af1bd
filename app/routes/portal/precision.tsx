import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/context.server.ts";
import { refuseInWords } from "#app/http.server.ts";
import { listCurrencyDecimals } from "#app/portal/precision/currency-precisions.server.ts";
import { PrecisionPage } from "#app/portal/precision/precision-page.tsx";
import { precisionSchema, savePrecision } from "#app/portal/precision/save-precision.server.ts";
import { readForm } from "#app/read-form.server.ts";

import type { Route } from "./+types/precision.ts";

export { PortalError as ErrorBoundary } from "#app/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Assumed precision · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { installed_app_id } = context.get(sessionContext).install;
  return {
    settings: await listCurrencyDecimals(context.get(platformContext).db, installed_app_id),
    currency: new URL(request.url).searchParams.get("currency") ?? "",
  };
}

export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const { value } = await readForm(request, precisionSchema);
    if (!value) return { problem: "Name a currency, and choose its decimals. Nothing was saved." };
    return await savePrecision(context.get(platformContext), context.get(sessionContext), value);
  });
}

export default function PrecisionRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <PrecisionPage {...loaderData} outcome={actionData} />;
}
