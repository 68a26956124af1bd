import { z } from "zod";

import type { Alert } from "#app/platform/blnk/records.ts";

import { type ListPage, PAGE_SIZE } from "#app/platform/portal/lists/list-state.ts";
import { filterText, loadList } from "#app/platform/portal/lists/read-list-state.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { splitMarker } from "./alert-marker.ts";
import { choiceOf, type StatusChoice } from "./alert-statuses.ts";
import { type AlertList, countByStatus, readAlertList } from "./read-alert-list.server.ts";

const alertQuery = z.object({
  /** An id, or part of the title or description. */
  q: filterText,
  status: filterText,
});

export type AlertLine = {
  anomaly_id: string;
  title: string;
  type: string | undefined;
  status: StatusChoice;
  created_at: number | undefined;
};

export function loadAlerts(readCloud: ReadCloud, params: URLSearchParams, now: number) {
  const book = readCloud("alerts:read", readAlertList);
  const list = loadList(alertQuery, params, now, async (state) => {
    const reading = await book;
    return reading.kind === "ready"
      ? { kind: "ready" as const, value: pageOf(reading.value, state) }
      : reading;
  });
  const counts = book.then((reading) => (reading.kind === "ready" ? countByStatus(reading.value) : []));
  return { ...list, counts };
}

function pageOf(
  { alerts, complete, statuses }: AlertList,
  {
    filters: { q, status },
    page,
    until = Infinity,
  }: { filters: z.output<typeof alertQuery>; page: number; until: number | undefined },
): ListPage<AlertLine> {
  const matching = alerts.filter(
    (alert) =>
      (alert.created_at ?? 0) <= until &&
      (q === undefined || mentions(alert, q.toLowerCase())) &&
      (status === undefined || choiceOf(alert.status, statuses).key === status.toUpperCase()),
  );
  const end = page * PAGE_SIZE;
  return {
    rows: matching.slice(end - PAGE_SIZE, end).map((alert) => ({
      anomaly_id: alert.anomaly_id,
      title: titleOf(alert),
      type: alert.type,
      status: choiceOf(alert.status, statuses),
      created_at: alert.created_at,
    })),
    total: complete ? matching.length : undefined,
    estimate: matching.length,
    hasNext: matching.length > end,
  };
}

function mentions(alert: Alert, text: string): boolean {
  const texts = [
    alert.anomaly_id,
    alert.title ?? "",
    alert.description ?? "",
    ...alert.affected_balances,
    ...alert.affected_transactions,
    ...alert.affected_identities,
  ];
  return texts.some((candidate) => candidate.toLowerCase().includes(text));
}

/** Alerts need no title: then it is the beginning of what they say. */
function titleOf({ title, description = "", anomaly_id }: Alert): string {
  return title ?? (splitMarker(description).text.split("\n", 1)[0] || anomaly_id);
}
