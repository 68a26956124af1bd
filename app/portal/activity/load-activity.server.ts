import { listUnderWay } from "#app/actions/actions.server.ts";
import type { Database } from "#db/database.server.ts";

import { type CsvColumn, csvLines, isoTime, startLines } from "#app/platform/portal/lists/csv.server.ts";
import { PAGE_SIZE } from "#app/platform/portal/lists/list-state.ts";
import { loadList, readListState } from "#app/platform/portal/lists/read-list-state.server.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { activityQuery, selectActivity } from "./activity-query.server.ts";

export type ActivityList = Awaited<ReturnType<typeof loadActivity>>;

const COLUMNS = ["id", "at", "launch_id", "user_id", "action", "target", "result"] as const;

export async function loadActivity(
  db: Pick<Database, "read">,
  installedAppId: string,
  params: URLSearchParams,
  now: number,
) {
  const list = loadList(activityQuery, params, now, async ({ filters, page, until }) => {
    const matching = selectActivity(db, installedAppId, filters, until ?? now);
    const [{ total }, rows] = await Promise.all([
      matching.select((eb) => eb.fn.countAll<number>().as("total")).executeTakeFirstOrThrow(),
      matching
        .select(COLUMNS)
        .orderBy("at", "desc")
        .orderBy("id", "desc")
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
        .execute(),
    ]);
    const hasNext = page * PAGE_SIZE < total;
    return { kind: "ready", value: { rows, total, estimate: undefined, hasNext } };
  });
  const underWay = await listUnderWay(db, installedAppId);
  return {
    ...list,
    underWay: underWay.map(({ id, kind, amount, precision, currency, started_at }) => ({
      id,
      kind,
      amount,
      precision,
      currency,
      started_at,
    })),
  };
}

export type ActivityLine = {
  id: number;
  at: number;
  launch_id: string | null;
  user_id: string | null;
  action: string;
  target: string | null;
  result: string;
};

const CSV_COLUMNS: readonly CsvColumn<ActivityLine>[] = [
  { name: "at", digits: ({ at }) => isoTime(at) },
  { name: "launch_id", text: (row) => row.launch_id ?? undefined },
  { name: "user_id", text: (row) => row.user_id ?? undefined },
  { name: "action", text: (row) => row.action },
  { name: "target", text: (row) => row.target ?? undefined },
  { name: "result", text: (row) => row.result },
];

/** The filtered entries as a file; see `csvResponse`. */
export async function readActivityCsv(
  db: Pick<Database, "read">,
  installedAppId: string,
  params: URLSearchParams,
  now: number,
): Promise<CloudResult<AsyncIterable<string>>> {
  const { state, unreadable } = readListState(activityQuery, params);
  if (unreadable) return unreadable;
  const matching = selectActivity(db, installedAppId, state.filters, state.until ?? now);
  return { kind: "ready", value: await startLines(csvLines(CSV_COLUMNS, pagesOf(matching))) };
}

const BATCH = 500;

async function* pagesOf(matching: ReturnType<typeof selectActivity>): AsyncGenerator<ActivityLine[]> {
  let last: ActivityLine | undefined;
  for (;;) {
    const rows: ActivityLine[] = await matching
      .select(COLUMNS)
      .$if(last !== undefined, (query) =>
        query.where((eb) => eb(eb.refTuple("at", "id"), "<", eb.tuple(last!.at, last!.id))),
      )
      .orderBy("at", "desc")
      .orderBy("id", "desc")
      .limit(BATCH)
      .execute();
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) return;
    last = rows.at(-1)!;
  }
}
