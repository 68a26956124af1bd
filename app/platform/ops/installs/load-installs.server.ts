import { sql } from "kysely";

import { containing } from "#app/platform/blnk/filters.ts";
import type { Database } from "#db/database.server.ts";

const PAGE_SIZE = 50;

/** By id, one page from `after` on; `search` is part of an install's or an instance's id. */
export async function loadInstalls({ read }: Database, params: URLSearchParams) {
  const [after, search] = [params.get("after"), params.get("q")?.trim()];
  const rows = await selectInstalls(read)
    .$if(Boolean(after), (query) => query.where("installs.installed_app_id", ">", after!))
    .$if(Boolean(search), (query) =>
      query.where((eb) =>
        eb.or(
          (["installs.installed_app_id", "installs.instance_id"] as const).map(
            (column) => sql<boolean>`${eb.ref(column)} like ${containing(search!)} escape '\\'`,
          ),
        ),
      ),
    )
    .orderBy("installs.installed_app_id")
    .limit(PAGE_SIZE + 1)
    .execute();
  const installs = rows.slice(0, PAGE_SIZE).map(installLine);
  return { installs, next: rows.length > PAGE_SIZE ? installs.at(-1)!.installed_app_id : undefined };
}

export async function findInstallLine({ read }: Database, installedAppId: string) {
  const row = await selectInstalls(read)
    .where("installs.installed_app_id", "=", installedAppId)
    .executeTakeFirst();
  return row && installLine(row);
}

function selectInstalls(read: Database["read"]) {
  return read
    .selectFrom("installs")
    .leftJoin("install_keys", (join) =>
      join
        .onRef("install_keys.installed_app_id", "=", "installs.installed_app_id")
        .onRef("install_keys.generation", "=", "installs.generation"),
    )
    .select([
      "installs.installed_app_id",
      "installs.app_id",
      "installs.instance_id",
      "installs.organization_id",
      "installs.state",
      "installs.generation",
      "installs.granted_permissions",
      "installs.key_state",
      "installs.key_state_at",
      "installs.installed_at",
      "installs.uninstalled_at",
      "install_keys.key_prefix",
    ])
    .select((eb) =>
      eb
        .selectFrom("activity")
        .select((activity) => activity.fn.max("at").as("at"))
        .whereRef("activity.installed_app_id", "=", "installs.installed_app_id")
        .as("last_used_at"),
    );
}

function installLine({
  granted_permissions,
  ...row
}: Awaited<ReturnType<ReturnType<typeof selectInstalls>["executeTakeFirstOrThrow"]>>) {
  return { ...row, scopes: JSON.parse(granted_permissions) as string[] };
}
