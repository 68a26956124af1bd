import { SCOPES } from "#app/platform/permissions/scopes.ts";

import type { World } from "./world.ts";

/** Installs on `production`, without the dashboard's page. */
export async function installDirectly(
  { sandbox: { lifecycle } }: World,
  granted: readonly string[] = SCOPES,
): Promise<void> {
  const [app] = lifecycle.apps();
  const [instance] = lifecycle.workspace.instances;
  const grant = { app_id: app!.app_id, instance_id: instance!.id, granted_permissions: [...granted] };
  const { failure } = await lifecycle.install(grant);
  if (failure) throw new Error(failure);
}

/** The portal URL of a new launch of the newest install. */
export async function launchDirectly({ sandbox: { lifecycle } }: World): Promise<string> {
  const launched = await lifecycle.launch(lifecycle.installs().at(-1)!.installed_app_id, {});
  if ("failure" in launched) throw new Error(launched.failure);
  return launched.portal_url;
}
