import { z } from "zod";

import { listMonitorSummaries } from "#app/monitors/monitor-history.server.ts";
import type { Database } from "#db/database.server.ts";

import { PAGE_SIZE } from "#app/platform/portal/lists/list-state.ts";
import { filterText, loadList } from "#app/platform/portal/lists/read-list-state.server.ts";
import type { MonitorState, SubjectState } from "./monitor-state.tsx";

const monitorQuery = z.object({
  /** Part of the name, or of the sentence that explains it. */
  q: filterText,
  state: z.enum(["ok", "firing", "unknown", "paused"]).optional(),
});

export type MonitorLine = {
  id: string;
  name: string;
  explanation: string;
  state: MonitorState;
  /** How many of its subjects have an incident open. */
  open: number;
  problem: string | null;
  value: string | null | undefined;
  evaluated_at: number | null;
  /** Of the subject whose value is shown, the newest last. */
  history: SubjectState[];
};

export function loadMonitors(
  db: Pick<Database, "read">,
  installedAppId: string,
  params: URLSearchParams,
  now: number,
) {
  return loadList(monitorQuery, params, now, async ({ filters: { q, state }, page }) => {
    const text = q?.toLowerCase() ?? "";
    const all = await listMonitorSummaries(db, installedAppId);
    const matching = all.filter(
      (monitor) =>
        (state === undefined || monitor.state === state) &&
        `${monitor.name}\n${monitor.explanation}`.toLowerCase().includes(text),
    );
    const end = page * PAGE_SIZE;
    const shown = matching.slice(end - PAGE_SIZE, end);
    const open = await countOpenIncidents(
      db,
      shown.map(({ id }) => id),
    );
    const rows = shown.map(async ({ last, ...monitor }): Promise<MonitorLine> => ({
      id: monitor.id,
      name: monitor.name,
      explanation: monitor.explanation,
      state: monitor.state,
      open: open.get(monitor.id) ?? 0,
      problem: monitor.problem,
      value: last?.value,
      evaluated_at: monitor.evaluated_at,
      history: last ? await readHistory(db, monitor.id, last.subject) : [],
    }));
    return {
      kind: "ready" as const,
      value: {
        rows: await Promise.all(rows),
        total: matching.length,
        estimate: undefined,
        hasNext: matching.length > end,
      },
    };
  });
}

async function countOpenIncidents(
  { read }: Pick<Database, "read">,
  monitorIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await read
    .selectFrom("incidents")
    .select((eb) => ["monitor_id", eb.fn.countAll<number>().as("count")])
    .where("monitor_id", "in", monitorIds)
    .where("closed_at", "is", null)
    .groupBy("monitor_id")
    .execute();
  return new Map(rows.map(({ monitor_id, count }) => [monitor_id, count]));
}

const HISTORY = 12;

async function readHistory(
  { read }: Pick<Database, "read">,
  monitorId: string,
  subject: string,
): Promise<SubjectState[]> {
  const rows = await read
    .selectFrom("evaluations")
    .select("state")
    .where("monitor_id", "=", monitorId)
    .where("subject", "=", subject)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(HISTORY)
    .execute();
  return rows.map(({ state }) => state).toReversed();
}
