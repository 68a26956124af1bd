import { report, type Submission } from "@conform-to/react/future";
import { z } from "zod";

import type { Platform } from "#app/platform/context.server.ts";
import { DomainError } from "#app/platform/errors.ts";
import { removeWebhook, setWebhook, testWebhook } from "#app/monitors/webhook/webhooks.server.ts";
import { unreadableForm } from "#app/platform/http/read-form.server.ts";
import { actorOf, type PortalSession } from "#app/platform/sessions/portal-session.server.ts";

export const webhookChangeSchema = z.discriminatedUnion("change", [
  z.object({
    change: z.literal("set"),
    url: z.string().trim().default(""),
    format: z.enum(["standard", "slack"]),
  }),
  z.object({ change: z.enum(["remove", "test"]) }),
]);

/**
 * Does what a button of the webhook's page says. The secret of a webhook that was set is in the answer and nowhere else.
 *
 * @throws DomainError `invalid_body` when it was none of them
 */
export async function changeWebhook(
  platform: Pick<Platform, "db" | "clock" | "sealer" | "worker" | "webhookHosts">,
  session: PortalSession,
  submission: Submission,
) {
  const read = webhookChangeSchema.safeParse(submission.payload);
  if (!read.success) throw unreadableForm();
  const asked = read.data;
  const { install } = session;
  const actor = actorOf(session);
  switch (asked.change) {
    case "set":
      try {
        return { done: "set" as const, secret: await setWebhook(platform, install, asked, actor) };
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== "webhook_refused") throw error;
        // The URL is a secret itself: not even the page that sent it is told it again.
        const problem = { formErrors: [], fieldErrors: { url: [error.message] } };
        return { done: undefined, form: report(submission, { error: problem, hideFields: ["url"] }) };
      }
    case "remove":
      await removeWebhook(platform, install, actor);
      return { done: "removed" as const };
    case "test":
      if (!(await testWebhook(platform, install, actor))) return { done: "removed" as const };
      platform.worker.wake();
      return { done: "tested" as const };
  }
}
