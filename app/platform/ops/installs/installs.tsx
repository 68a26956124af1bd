import { Form, useSearchParams } from "react-router";

import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { Button } from "#app/ui/button.tsx";
import { TextField } from "#app/ui/field.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { NextPage } from "../shell/next-page.tsx";
import { OpsPage } from "../shell/ops-page.tsx";
import { LongWord, OpsTable } from "../shell/ops-table.tsx";
import { InstallPill, KeyPill } from "./install-pills.tsx";
import { loadInstalls } from "./load-installs.server.ts";
import type { Route } from "./+types/installs.ts";

const COLUMNS = ["Install", "Instance", "State", "Generation", "Scopes", "Key", "Last used"];

export function meta(): Route.MetaDescriptors {
  return [{ title: `Installs · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { searchParams } = new URL(request.url);
  return { ...(await loadInstalls(db, searchParams)), loadedAt: clock.now() };
}

export default function InstallsPage({ loaderData: { installs, next, loadedAt } }: Route.ComponentProps) {
  const [params] = useSearchParams();
  return (
    <OpsPage title="Installs">
      <Form method="get" className="flex max-w-96 items-end gap-2">
        <TextField
          label="Install or instance"
          name="q"
          type="search"
          defaultValue={params.get("q") ?? ""}
          maxLength={128}
          className="flex-1"
        />
        <Button type="submit">Search</Button>
      </Form>
      <OpsTable
        label="Installs"
        columns={COLUMNS}
        empty={
          params.get("q")
            ? "No id of an install or instance has this in it."
            : "Installs will be here once the app is installed from Blnk Cloud."
        }
        rows={installs.map((install) => ({
          key: install.installed_app_id,
          cells: [
            <LongWord key="id">
              <TextLink to={`/ops/installs/${install.installed_app_id}`}>{install.installed_app_id}</TextLink>
            </LongWord>,
            <LongWord key="instance">{install.instance_id}</LongWord>,
            <InstallPill key="state" state={install.state} />,
            install.generation,
            install.scopes.join(", ") || "none",
            <KeyPill key="key" install={install} />,
            install.last_used_at !== null && <RelativeTime at={install.last_used_at} loadedAt={loadedAt} />,
          ],
        }))}
      />
      <NextPage name="after" next={next} />
    </OpsPage>
  );
}

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";
