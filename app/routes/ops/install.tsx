import { data, redirect } from "react-router";

import { listActionLimits } from "#app/actions/action-limits.server.ts";
import { app } from "#app/app.ts";
import { operatorContext, platformContext } from "#app/context.server.ts";
import { refuseInWords } from "#app/http.server.ts";
import { InstallPage } from "#app/ops/installs/install-page.tsx";
import { findInstallLine } from "#app/ops/installs/load-installs.server.ts";
import { limitSchema, setLimit } from "#app/ops/installs/set-limit.server.ts";
import { readForm } from "#app/read-form.server.ts";

import type { Route } from "./+types/install.ts";

export { OpsError as ErrorBoundary } from "#app/ops/shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Install · ${app.name}` }];
}

export async function loader({ params, context }: Route.LoaderArgs) {
  const { db } = context.get(platformContext);
  const install = await findInstallLine(db, params.installedAppId);
  if (!install) throw data(null, { status: 404 });
  return { install, limits: await listActionLimits(db, install.instance_id) };
}

export async function action({ request, params, context }: Route.ActionArgs) {
  const platform = context.get(platformContext);
  const install = await findInstallLine(platform.db, params.installedAppId);
  if (!install) throw data(null, { status: 404 });
  return await refuseInWords(context, async () => {
    const { value, refuse } = await readForm(request, limitSchema);
    if (!value) return data(refuse(), { status: 400 });
    await setLimit(platform, context.get(operatorContext), install.instance_id, value);
    return redirect(`/ops/installs/${install.installed_app_id}`, 303);
  });
}

export default function InstallRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <InstallPage {...loaderData} refused={actionData} />;
}
