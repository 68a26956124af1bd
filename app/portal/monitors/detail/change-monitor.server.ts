import { z } from "zod";

import type { Platform } from "#app/platform/context.server.ts";
import {
  deleteMonitor,
  findMonitor,
  muteMonitor,
  pauseMonitor,
  resumeMonitor,
} from "#app/monitors/monitors.server.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";

import { authorOf } from "../author.server.ts";
import { MUTE_HOURS } from "./mute-hours.ts";

const HOUR_MS = 60 * 60_000;

export const changeSchema = z.discriminatedUnion("change", [
  z.object({ change: z.enum(["pause", "resume", "unmute", "delete"]) }),
  z.object({
    change: z.literal("mute"),
    hours: z.coerce.number().refine((number) => MUTE_HOURS.some(({ hours }) => hours === number)),
  }),
]);

/** Does what a button of a monitor's page says. */
export async function changeFromPage(
  { db, cloud, worker }: Pick<Platform, "db" | "cloud" | "worker">,
  session: PortalSession,
  { id, asked }: { id: string; asked: z.output<typeof changeSchema> },
): Promise<"done" | "unknown_monitor"> {
  const author = authorOf(session);
  const now = cloud.clock.now();
  const done = await db.write(async (tx) => {
    if (!(await findMonitor(tx, author.installed_app_id, id))) return false;
    switch (asked.change) {
      case "pause":
        await pauseMonitor(tx, author, id, now);
        break;
      case "resume":
        await resumeMonitor(tx, author, id, now);
        break;
      case "mute":
        await muteMonitor(tx, author, id, now + asked.hours * HOUR_MS, now);
        break;
      case "unmute":
        await muteMonitor(tx, author, id, undefined, now);
        break;
      case "delete":
        await deleteMonitor(tx, author, id, now);
        break;
    }
    return true;
  });
  if (!done) return "unknown_monitor";
  worker.wake();
  return "done";
}
