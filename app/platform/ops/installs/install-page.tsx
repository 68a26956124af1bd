import { Outlet } from "react-router";

import { ButtonLink } from "#app/ui/button.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Card } from "#app/ui/card.tsx";
import { ExactTime } from "#app/ui/relative-time.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { PostButton } from "../shell/post-button.tsx";
import { InstallPill, KeyPill } from "./install-pills.tsx";
import type { InstallLine } from "./load-installs.server.ts";

export function InstallPage({ install }: { install: InstallLine }) {
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

export function InstallGonePage({ install }: { install: InstallLine }) {
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
