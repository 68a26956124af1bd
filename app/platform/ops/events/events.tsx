import { CircleCheck, CircleMinus, CircleX, Undo2, type LucideIcon } from "lucide-react";
import { useSearchParams } from "react-router";

import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { Pill, type Tone } from "#app/ui/pill.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { NextPage } from "../shell/next-page.tsx";
import { OpsPage } from "../shell/ops-page.tsx";
import { LongWord, OpsTable } from "../shell/ops-table.tsx";
import { loadEvents, type EventLine } from "./load-events.server.ts";
import type { Route } from "./+types/events.ts";

const OUTCOMES: Record<EventLine["outcome"], { tone: Tone; Icon: LucideIcon; word: string }> = {
  applied: { tone: "good", Icon: CircleCheck, word: "Applied" },
  duplicate: { tone: "quiet", Icon: CircleMinus, word: "Duplicate" },
  ignored: { tone: "quiet", Icon: CircleMinus, word: "Ignored" },
  refused: { tone: "bad", Icon: CircleX, word: "Refused" },
  superseded: { tone: "attention", Icon: Undo2, word: "Superseded" },
};

const COLUMNS = ["Last received", "Event", "Install", "Outcome", "Deliveries", "From", "URL secret"];

export function meta(): Route.MetaDescriptors {
  return [{ title: `Events · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { searchParams } = new URL(request.url);
  return { ...(await loadEvents(db, searchParams)), loadedAt: clock.now() };
}

export default function EventsPage({ loaderData: { rows, next, loadedAt } }: Route.ComponentProps) {
  const [params] = useSearchParams();
  const install = params.get("install");
  return (
    <OpsPage title="Events">
      <p className="flex flex-wrap gap-x-4 gap-y-1">
        <TextLink to="/ops/events">All</TextLink>
        <TextLink to="/ops/events?show=in-question">Refused and superseded</TextLink>
        {install && <span className="text-quiet">of {install}</span>}
      </p>
      <OpsTable
        label="Events"
        columns={COLUMNS}
        empty={
          params.has("show")
            ? "No callback was refused or superseded."
            : "Callbacks from Blnk Cloud will be here."
        }
        rows={rows.map((event) => ({
          key: event.id,
          cells: [
            <RelativeTime key="at" at={event.last_received_at} loadedAt={loadedAt} />,
            event.kind === "install" ? "Install" : "Uninstall",
            <LongWord key="install">
              <TextLink to={`/ops/installs/${event.installed_app_id}`}>{event.installed_app_id}</TextLink>
            </LongWord>,
            <Outcome key="outcome" event={event} />,
            event.deliveries,
            <LongWord key="from">{event.source_address}</LongWord>,
            secretName(event.secret_index),
          ],
        }))}
      />
      <NextPage name="before" next={next} />
    </OpsPage>
  );
}

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

/** The place in URL_SECRETS at the time: 1 was the newest. */
function secretName(index: number): string {
  return `no. ${index + 1}`;
}

function Outcome({ event: { outcome, reason } }: { event: EventLine }) {
  const { tone, Icon, word } = OUTCOMES[outcome];
  return (
    <span>
      <Pill tone={tone} Icon={Icon}>
        {word}
      </Pill>
      {reason && <span className="mt-1 block text-quiet">{reason}</span>}
    </span>
  );
}
