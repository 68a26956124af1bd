import { data, redirect } from "react-router";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { operatorContext, platformContext } from "#app/platform/context.server.ts";
import { requireEmptyForm } from "#app/platform/http/read-form.server.ts";
import { TextLink } from "#app/ui/text-link.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { PostButton } from "../shell/post-button.tsx";
import { findInstallLine } from "./load-installs.server.ts";
import { markGone } from "./mark-gone.server.ts";
import type { Route } from "./+types/install-gone.ts";

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

export default function InstallGonePage({ loaderData: install }: Route.ComponentProps) {
  return (
    <OpsPage title={`Mark ${install.installed_app_id} as gone`}>
      <p>
        For an install that Blnk Cloud no longer has, though its uninstall callback never came. Its key is
        destroyed, its sessions end and its jobs stop, as if it had come. This cannot be undone here: the app
        has to be installed again in Blnk Cloud.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <PostButton label={`Mark ${install.installed_app_id} as gone`} />
        <TextLink to={`/ops/installs/${install.installed_app_id}`}>Keep it</TextLink>
      </div>
    </OpsPage>
  );
}

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";
