import type { Database } from "#db/database.server.ts";

import { type MonitorProblem, readMonitors } from "./definition/read-monitors.ts";
import { type Author, createMonitors } from "./monitors.server.ts";

/**
 * Creates the monitors of an import, all or nothing, and has them evaluated at once; wake the worker afterwards.
 *
 * @param skipExisting leaves out those whose name is taken
 * @throws InvalidBody when the body is not `{"monitors":[…]}`, or the install would have more than it may
 */
export async function importMonitors(
  { write }: Pick<Database, "write">,
  author: Author,
  body: unknown,
  { skipExisting, now }: { skipExisting: boolean; now: number },
): Promise<{ created: number; errors: MonitorProblem[] }> {
  const { monitors, problems } = readMonitors(body);
  if (problems.length > 0) return { created: 0, errors: problems };
  return await write(async (tx) => {
    const rows = await tx
      .selectFrom("monitors")
      .select("name")
      .where("installed_app_id", "=", author.installed_app_id)
      .where("deleted_at", "is", null)
      .execute();
    const names = new Set(rows.map(({ name }) => name));
    const wanted = skipExisting ? monitors.filter(({ name }) => !names.has(name)) : monitors;
    if (wanted.length > 0) await createMonitors(tx, author, wanted, now);
    return { created: wanted.length, errors: [] };
  });
}
