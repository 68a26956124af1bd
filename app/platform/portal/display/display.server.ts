import { z } from "zod";

import { isTimeZone } from "#app/platform/time-zone.ts";

import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { DEFAULT_DISPLAY, type Display, THEMES } from "./display.ts";

/** What was chosen in a launch: its panels and tabs look alike, and nothing is kept in the browser. */
export async function readDisplay({ read }: Pick<Database, "read">, launchId: string): Promise<Display> {
  const row = await read
    .selectFrom("launch_displays")
    .select(["time_zone as timeZone", "theme"])
    .where("launch_id", "=", launchId)
    .executeTakeFirst();
  return row ?? DEFAULT_DISPLAY;
}

export async function chooseDisplay(tx: Tx, launchId: string, { timeZone, theme }: Display): Promise<void> {
  const choice = { time_zone: timeZone, theme };
  await tx
    .insertInto("launch_displays")
    .values({ launch_id: launchId, ...choice })
    .onConflict((conflict) => conflict.column("launch_id").doUpdateSet(choice))
    .execute();
}

export const displaySchema = z.object({
  timeZone: z.string().max(100).refine(isTimeZone),
  theme: z.enum(THEMES),
});
