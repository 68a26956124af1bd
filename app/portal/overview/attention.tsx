import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { AlertStatusPill } from "#app/portal/alerts/alert-status-pill.tsx";
import type { StatusCount } from "#app/portal/alerts/read-alert-list.server.ts";
import { RecordLink, usePortalPath } from "#app/platform/portal/record-link.tsx";
import type { ShownWeek } from "./load-overview.server.ts";

const KEY_NUMBER = "text-title leading-tight font-semibold tabular-nums sm:text-key sm:leading-tight";

/** Rows that wait for an outcome: more than a few, or an old one, is a queue that stands still. */
export function QueueHealth({
  queued,
  rejected,
  rows,
  complete,
  loadedAt,
}: ShownWeek & { loadedAt: number }) {
  const portalPath = usePortalPath();
  return (
    <Card className="space-y-1 p-4 text-small">
      <p className={KEY_NUMBER}>{queued.count.toLocaleString("en")}</p>
      <p>queued without an outcome</p>
      <p className="text-quiet">
        {queued.oldest ? (
          <>
            The oldest:{" "}
            <RecordLink kind="transactions" id={queued.oldest.transaction_id}>
              <RelativeTime at={queued.oldest.created_at} loadedAt={loadedAt} />
            </RecordLink>
          </>
        ) : (
          "Nothing waits."
        )}
      </p>
      <p className="text-quiet">
        <TextLink to={portalPath("transactions?status=REJECTED")}>
          {rejected.toLocaleString("en")} rejected
        </TextLink>
        {!complete && `; of ${rows.toLocaleString("en")} rows, there are more`}
      </p>
    </Card>
  );
}

export function AlertCounts({ counts }: { counts: StatusCount[] }) {
  const portalPath = usePortalPath();
  return (
    <Card className="p-4">
      <ul className="space-y-2 text-small">
        {counts.map(({ count, ...status }) => (
          <li key={status.key} className="flex items-center justify-between gap-4">
            <AlertStatusPill status={status} />
            <TextLink to={portalPath(`alerts?status=${encodeURIComponent(status.key)}`)}>
              {count === 1 ? "1 alert" : `${count.toLocaleString("en")} alerts`}
            </TextLink>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function OpenIncidents({ count }: { count: number }) {
  const portalPath = usePortalPath();
  return (
    <Card className="space-y-1 p-4 text-small">
      <p className={KEY_NUMBER}>{count.toLocaleString("en")}</p>
      <p>{count === 1 ? "open incident" : "open incidents"}</p>
      <p className="text-quiet">
        What monitors found and is still so. <TextLink to={portalPath("monitors")}>Monitors</TextLink>
      </p>
    </Card>
  );
}
