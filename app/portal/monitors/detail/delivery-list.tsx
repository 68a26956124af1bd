import { Card } from "#app/ui/card.tsx";
import { RelativeTime, useExactTime } from "#app/ui/relative-time.tsx";

import { RecordLink } from "#app/platform/portal/record-link.tsx";
import type { MonitorPageData } from "./load-monitor.server.ts";

type Delivery = MonitorPageData["deliveries"][number];

const STATES: Record<Delivery["state"], string> = {
  pending: "waits to be raised",
  sending: "sent, outcome not known yet",
  delivered: "raised",
  parked: "given up",
  dropped: "dropped",
};

/** The alerts of a monitor, with every attempt to raise them. */
export function DeliveryList({ deliveries, loadedAt }: { deliveries: Delivery[]; loadedAt: number }) {
  return (
    <Card>
      <ul className="divide-y divide-line text-small">
        {deliveries.map((delivery) => (
          <li key={delivery.id} className="space-y-1 px-4 py-2.5">
            <p>
              {delivery.anomalyId === null ? (
                <bdi>{delivery.title}</bdi>
              ) : (
                <RecordLink kind="alerts" id={delivery.anomalyId}>
                  <bdi>{delivery.title}</bdi>
                </RecordLink>
              )}
            </p>
            <p className="flex flex-wrap justify-between gap-x-4 text-quiet">
              <span>
                {STATES[delivery.state]}
                {delivery.mayBeDoubled && ", may be doubled"}
              </span>
              <RelativeTime at={delivery.createdAt} loadedAt={loadedAt} />
            </p>
            {delivery.mayBeDoubled && (
              <p className="text-quiet">
                Its first answer was lost, and the list of alerts could not be read in full to look for it.
              </p>
            )}
            {delivery.error && delivery.state !== "delivered" && (
              <p className="text-attention">{delivery.error}</p>
            )}
            <AttemptList attempts={delivery.attempts} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

export type Attempt = { channel: "alert" | "status" | "webhook"; at: number; outcome: string };

const CHANNELS: Record<Attempt["channel"], string> = { alert: "Alert", status: "Status", webhook: "Webhook" };

export function AttemptList({ attempts }: { attempts: readonly Attempt[] }) {
  const exactTime = useExactTime();
  if (attempts.length === 0) return null;
  return (
    <details>
      <summary className="w-fit text-link">
        {attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts`}
      </summary>
      <ul className="mt-1 space-y-0.5 text-quiet">
        {attempts.map(({ channel, at, outcome }, index) => (
          <li key={index}>
            {exactTime(at)} · {CHANNELS[channel]}: {outcome.replaceAll("_", " ")}
          </li>
        ))}
      </ul>
    </details>
  );
}
