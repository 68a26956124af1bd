import { z } from "zod";

import { isLoopback } from "../guard.ts";

const launchAnswer = z.object({
  portal_url: z
    .url({ protocol: /^https?$/ })
    .transform((url) => new URL(url))
    .refine((url) => url.protocol === "https:" || isLoopback(url.href)),
});

/** The `portal_url` of a launch answer: https, or http on loopback, which in the sandbox stands for it. */
export function readPortalUrl(body: string): string | undefined {
  try {
    return launchAnswer.safeParse(JSON.parse(body)).data?.portal_url.href;
  } catch {
    return undefined;
  }
}
