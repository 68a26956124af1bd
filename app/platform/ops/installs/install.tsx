import { data, Outlet } from "react-router";

import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { ButtonLink } from "#app/ui/button.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Card } from "#app/ui/card.tsx";
import { ExactTime } from "#app/ui/relative-time.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { PostButton } from "../shell/post-button.tsx";
import { InstallPill, KeyPill } from "./install-pills.tsx";
import { findInstallLine } from "./load-installs.server.ts";
import type { Route } from "./+types/install.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Install · ${app.name}` }];
}

export async function loader({ params, context }: Route.LoaderArgs) {
  const { db } = context.get(platformContext);
  const install = await findInstallLine(db, params.installedAppId);
  if (!install) throw data(null, { status: 404 });
  return { install };
}

export default function InstallPage({ loaderData: { install } }: Route.ComponentProps) {
  const { installed_app_id, key_state_at, last_used_at, uninstalled_at } = install;
  return (
    <OpsPage title={installed_app_id}>
      <Card>
        <DescriptionList>
          <Fact term="State">
            <InstallPill state={install.state} />
          </Fact>
          <Fact term="Instance">{install.instance_id}</Fact>
          <Fact term="App">{install.app_id}</Fact>
          <Fact term="Organization">{install.organization_id}</Fact>
          <Fact term="Generation">{String(install.generation)}</Fact>
          <Fact term="Scopes">{install.scopes.join(", ") || "none"}</Fact>
          <Fact term="Key">
            <KeyPill install={install} />
          </Fact>
          <Fact term="Key judged">
            <ExactTime at={key_state_at} />
          </Fact>
          <Fact term="First installed">
            <ExactTime at={install.installed_at} />
          </Fact>
          <Fact term="Uninstalled">{uninstalled_at !== null && <ExactTime at={uninstalled_at} />}</Fact>
          <Fact term="Last used">{last_used_at !== null && <ExactTime at={last_used_at} />}</Fact>
        </DescriptionList>
      </Card>
      <div className="flex flex-wrap items-center gap-3">
        <TextLink to={`/ops/events?install=${installed_app_id}`}>Its events</TextLink>
        {install.state === "active" && (
          <>
            <PostButton label="End its sessions" action="/ops/sessions" fields={{ installed_app_id }} />
            <ButtonLink to={`/ops/installs/${installed_app_id}/gone`}>Mark as gone</ButtonLink>
          </>
        )}
      </div>
      <Outlet />
    </OpsPage>
  );
}

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";
