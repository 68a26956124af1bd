import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Alert } from "#app/platform/blnk/records.ts";

import { choiceOf, type StatusChoice, statusChoices } from "./alert-statuses.ts";

export type AlertList = {
  /** The newest first. */
  alerts: Alert[];
  /** Whether these are certainly all there are. */
  complete: boolean;
  statuses: StatusChoice[];
};

/** Every alert of the organization and what their statuses are called: Cloud neither filters nor pages them. */
export async function readAlertList({ alerts }: Pick<CloudClient, "alerts">): Promise<AlertList> {
  const [list, custom] = await Promise.all([alerts.list(), alerts.statuses.list()]);
  return {
    alerts: list.alerts.toSorted((a, b) => (b.created_at ?? 0) - (a.created_at ?? 0)),
    complete: list.complete,
    statuses: statusChoices(custom.statuses),
  };
}

export type StatusCount = StatusChoice & { count: number };

/** How many alerts have each status: those that exist, and those that alerts have. */
export function countByStatus({ alerts, statuses }: AlertList): StatusCount[] {
  const counts = new Map<string, StatusCount>(
    statuses.map((status) => [status.key, { ...status, count: 0 }]),
  );
  for (const { status } of alerts) {
    const choice = choiceOf(status, statuses);
    const counted = counts.get(choice.key) ?? { ...choice, count: 0 };
    counted.count += 1;
    counts.set(choice.key, counted);
  }
  return [...counts.values()];
}
