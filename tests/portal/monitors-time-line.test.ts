import { expect, test } from "vitest";

import type { IncidentView } from "#app/monitors/monitor-history.server.ts";
import { placeIncidents } from "#app/portal/monitors/detail/place-incidents.ts";

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const NOW = 100 * DAY;

function incident(opened_at: number, closed_at: number | null): IncidentView {
  return {
    id: "inc_1",
    monitor_id: "mon_1",
    subject: "bln_1",
    entity: "bln_1",
    announcement: "alert",
    value: "1.00",
    compared_to: null,
    opened_at,
    closed_at,
    reason: closed_at === null ? null : "recovered",
    anomaly_id: null,
    unrecorded: null,
    delivery: "waiting",
    may_be_doubled: false,
  };
}

test("an open incident reaches to the end of the line", () => {
  const { since, rows } = placeIncidents(
    [incident(NOW - 5 * HOUR, null), incident(NOW - 10 * HOUR, NOW - 9 * HOUR)],
    NOW,
  );
  expect(since).toBe(NOW - 10 * HOUR);
  expect(rows).toMatchObject([
    { from: 50, width: 50 },
    { from: 0, width: 10 },
  ]);
});

test("the line is an hour long at least, and 30 days at most", () => {
  expect(placeIncidents([incident(NOW, NOW)], NOW)).toMatchObject({
    since: NOW - HOUR,
    rows: [{ from: 100, width: 0 }],
  });
  expect(placeIncidents([incident(NOW - 60 * DAY, NOW - 15 * DAY)], NOW)).toMatchObject({
    since: NOW - 30 * DAY,
    rows: [{ from: 0, width: 50 }],
  });
});
