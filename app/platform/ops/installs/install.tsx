import { data } from "react-router";

import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { InstallPage } from "./install-page.tsx";
import { findInstallLine } from "./load-installs.server.ts";

import type { Route } from "./+types/install.ts";

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Install · ${app.name}` }];
}

export async function loader({ params, context }: Route.LoaderArgs) {
  const { db } = context.get(platformContext);
  const install = await findInstallLine(db, params.installedAppId);
  if (!install) throw data(null, { status: 404 });
  return { install };
}

export default function InstallRoute({ loaderData }: Route.ComponentProps) {
  return <InstallPage {...loaderData} />;
}
