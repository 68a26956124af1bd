import { sql } from "kysely";

import type { Database } from "#db/database.server.ts";

import { readPage, readPageQuery } from "#app/platform/operator/read-page.server.ts";

export type EventLine = Awaited<ReturnType<typeof loadEvents>>["rows"][number];

/** Callbacks as they were judged, newest first; of one install, or only those that were refused or superseded. */
export async function loadEvents({ read }: Database, params: URLSearchParams) {
  const install = params.get("install");
  const inQuestion = params.get("show") === "in-question";
  return await readPage(readPageQuery(params), ({ before, limit }) =>
    read
      .selectFrom("received_events")
      .select([
        "id",
        "kind",
        "installed_app_id",
        "outcome",
        "reason",
        "deliveries",
        "first_received_at",
        "last_received_at",
        "source_address",
        "secret_index",
      ])
      .$if(before !== undefined, (query) => query.where("id", "<", before!))
      .$if(Boolean(install), (query) => query.where("installed_app_id", "=", install!))
      // As the index spells it: bound values would not meet it.
      .$if(inQuestion, (query) =>
        query.where("outcome", "in", [sql.lit("refused" as const), sql.lit("superseded" as const)]),
      )
      .orderBy("id", "desc")
      .limit(limit)
      .execute(),
  );
}
