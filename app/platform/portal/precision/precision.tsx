import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { listCurrencyDecimals } from "./currency-precisions.server.ts";
import { PrecisionPage } from "./precision-page.tsx";
import { precisionSchema, savePrecision } from "./save-precision.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/precision.ts";

export { PortalError as ErrorBoundary } from "../portal-error.tsx";

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
