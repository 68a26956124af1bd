import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";

import { activityWords } from "#app/portal/activity/activity-words.ts";
import type { RecentActivity } from "./recent-activity.server.ts";

export function ActivityLines({ entries, loadedAt }: { entries: RecentActivity; loadedAt: number }) {
  if (entries.length === 0)
    return <EmptyNote>What is done through this app will be here once something is.</EmptyNote>;
  return (
    <Card>
      <ul className="divide-y divide-line text-small">
        {entries.map(({ id, at, action, target, result }) => (
          <li
            key={id}
            className="grid min-h-11 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-2"
          >
            <span>
              {activityWords(action)}
              <span className="block text-quiet">
                <bdi>{[target, result].filter(Boolean).join(": ")}</bdi>
              </span>
            </span>
            <span className="text-quiet">
              <RelativeTime at={at} loadedAt={loadedAt} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
