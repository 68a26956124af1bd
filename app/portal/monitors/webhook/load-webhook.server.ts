import { listWebhookDeliveries } from "#app/monitors/monitor-history.server.ts";
import { findWebhook } from "#app/monitors/webhook/webhooks.server.ts";
import type { Platform } from "#app/platform/context.server.ts";

const SHOWN = 20;

export type WebhookPageData = Awaited<ReturnType<typeof loadWebhook>>;

export async function loadWebhook(
  { db, clock, webhookHosts }: Pick<Platform, "db" | "clock" | "webhookHosts">,
  installedAppId: string,
) {
  const [webhook, messages] = await Promise.all([
    findWebhook(db, installedAppId),
    listWebhookDeliveries(db, installedAppId, SHOWN),
  ]);
  return {
    loadedAt: clock.now(),
    isOff: webhookHosts.length === 0,
    webhook,
    messages: messages.map(({ id, event, state, error, created_at, attempts_made }) => ({
      id,
      event,
      state,
      error,
      createdAt: created_at,
      attempts: attempts_made.map(({ channel, at, outcome }) => ({ channel, at, outcome })),
    })),
  };
}
