import { redirect } from "react-router";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { operatorContext, platformContext } from "#app/platform/context.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { ShortId } from "#app/ui/short-id.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { LongWord, OpsTable } from "../shell/ops-table.tsx";
import { PostButton } from "../shell/post-button.tsx";
import { endSessions, endSessionsSchema } from "./end-sessions.server.ts";
import { loadSessions } from "./load-sessions.server.ts";
import type { Route } from "./+types/sessions.ts";

const COLUMNS = ["Launch", "Install", "Who", "Opened", "Ends", "Entries", "From", "End"];

export function meta(): Route.MetaDescriptors {
  return [{ title: `Sessions · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  return { launches: await loadSessions(db, clock.now()), loadedAt: clock.now() };
}

export async function action({ request, context }: Route.ActionArgs) {
  return await refuseInWords(context, async () => {
    const which = await requireForm(request, endSessionsSchema);
    await endSessions(context.get(platformContext), context.get(operatorContext), which);
    return redirect("/ops/sessions", 303);
  });
}

export default function SessionsPage({ loaderData: { launches, loadedAt } }: Route.ComponentProps) {
  return (
    <OpsPage title="Sessions">
      <OpsTable
        label="Sessions"
        columns={COLUMNS}
        empty="Launches whose session has not ended will be here."
        rows={launches.map((launch) => ({
          key: launch.launch_id,
          cells: [
            <span key="id" className="whitespace-nowrap">
              <ShortId id={launch.launch_id} />
            </span>,
            <LongWord key="install">{launch.installed_app_id}</LongWord>,
            <LongWord key="who">{launch.user_id ?? "unknown person"}</LongWord>,
            <RelativeTime key="opened" at={launch.created_at} loadedAt={loadedAt} />,
            <RelativeTime key="ends" at={launch.expires_at} loadedAt={loadedAt} />,
            launch.redemptions,
            <LongWord key="from">{launch.source_address}</LongWord>,
            <PostButton key="end" label="End" fields={{ launch_id: launch.launch_id }} />,
          ],
        }))}
      />
      {launches.length > 0 && <PostButton label="End every session" fields={{ every: "1" }} />}
    </OpsPage>
  );
}

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";
