import { data, redirect } from "react-router";

import { app } from "#app/app.ts";
import { operatorContext, platformContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { InstallGonePage } from "./install-page.tsx";
import { findInstallLine } from "./load-installs.server.ts";
import { markGone } from "./mark-gone.server.ts";
import { requireEmptyForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/install-gone.ts";

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

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
