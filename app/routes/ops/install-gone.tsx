import { data, redirect } from "react-router";

import { app } from "#app/app.ts";
import { operatorContext, platformContext } from "#app/context.server.ts";
import { refuseInWords } from "#app/http.server.ts";
import { InstallGonePage } from "#app/ops/installs/install-page.tsx";
import { findInstallLine } from "#app/ops/installs/load-installs.server.ts";
import { markGone } from "#app/ops/installs/mark-gone.server.ts";
import { requireEmptyForm } from "#app/read-form.server.ts";

import type { Route } from "./+types/install-gone.ts";

export { OpsError as ErrorBoundary } from "#app/ops/shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Mark as gone · ${app.name}` }];
}

export async function loader({ params, context }: Route.LoaderArgs) {
  const install = await findInstallLine(context.get(platformContext).db, params.installedAppId);
  if (install?.state !== "active") throw data(null, { status: 404 });
  return install;
}

export async function action({ request, params, context }: Route.ActionArgs) {
  const platform = context.get(platformContext);
  await refuseInWords(context, async () => {
    await requireEmptyForm(request);
    await markGone(platform, context.get(operatorContext), params.installedAppId);
  });
  return redirect(`/ops/installs/${params.installedAppId}`, 303);
}

export default function InstallGoneRoute({ loaderData }: Route.ComponentProps) {
  return <InstallGonePage install={loaderData} />;
}
