import { RelativeTime } from "#app/ui/relative-time.tsx";
import { ShortId } from "#app/ui/short-id.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { LongWord, OpsTable } from "../shell/ops-table.tsx";
import { PostButton } from "../shell/post-button.tsx";
import type { LaunchLine } from "./load-sessions.server.ts";

const COLUMNS = ["Launch", "Install", "Who", "Opened", "Ends", "Entries", "From", "End"];

export function SessionsPage({ launches, loadedAt }: { launches: LaunchLine[]; loadedAt: number }) {
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
