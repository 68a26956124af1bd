import { z } from "zod";

import { blnkId, optionalId } from "./blnk-payload.ts";

/** What Blnk posts when someone opens the app; `user_id` came with older payloads only (contract A.5). */
export const launchSchema = z.object({
  installed_app_id: blnkId,
  app_id: blnkId,
  instance_id: blnkId,
  user_id: optionalId,
});

export type LaunchRequest = z.output<typeof launchSchema>;
