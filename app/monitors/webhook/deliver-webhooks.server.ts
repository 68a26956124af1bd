import { Webhook } from "standardwebhooks";

import { app as self } from "#app/app.ts";
import { DomainError } from "#app/platform/errors.ts";
import { findInstall, type Install } from "#app/platform/installs/installs.server.ts";
import type { JobContext, JobHandler } from "#app/platform/jobs/worker.server.ts";
import type { WebhookRow } from "#db/schema.ts";

import { recordAttempt } from "../alerts/alert-deliveries.server.ts";
import type { MonitorPlatform } from "../monitor-platform.server.ts";
import { type WebhookEvent, webhookBody } from "./webhook-event.ts";
import {
  findNextMessageDue,
  finishMessage,
  listDueMessages,
  postponeMessages,
  type WebhookMessage,
} from "./webhook-messages.server.ts";
import { readWebhookUrl } from "./webhook-url.server.ts";

/** After each failed try; one more and the message is parked. */
const DELAYS_MS = [5_000, 60_000, 5 * 60_000, 30 * 60_000];

/** The job that tells an install's webhook what happened, in order. */
export function createWebhookDelivery(app: MonitorPlatform): JobHandler {
  return async (job, context) => {
    const install = await findInstall(app.db.read, job.installed_app_id ?? "");
    if (install?.state !== "active" || install.generation !== job.generation) return undefined;
    const { installed_app_id } = install;
    for (const message of await listDueMessages(app.db, installed_app_id, app.clock.now())) {
      const webhook = await app.db.read
        .selectFrom("webhooks")
        .selectAll()
        .where("installed_app_id", "=", installed_app_id)
        .executeTakeFirst();
      if (!webhook || (await findInstall(app.db.read, installed_app_id))?.generation !== job.generation)
        return undefined;
      const outcome = await send(app, install, webhook, message, context);
      if (!(await recordOutcome(app, message, outcome))) break;
    }
    const due_at = await findNextMessageDue(app.db, installed_app_id);
    return due_at === undefined ? undefined : { due_at, payload: {} };
  };
}

/** @returns "delivered", or why not: a short code, never anything of the answer */
async function send(
  app: MonitorPlatform,
  install: Install,
  webhook: WebhookRow,
  message: WebhookMessage,
  { signal, leaveSlot }: JobContext,
): Promise<string> {
  const url = openUrl(app, install, webhook);
  if (!url) return "not_allowed";
  const now = new Date(app.clock.now());
  const body = webhookBody(
    webhook.format,
    JSON.parse(message.content!) as WebhookEvent,
    install.instance_id,
    message.created_at,
  );
  const secret = app.sealer.open("webhook_secret", install, webhook.secret_box);
  const headers = {
    "content-type": "application/json",
    "user-agent": self.name,
    "webhook-id": message.id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(message.id, now, body),
  };
  const takeSlot = leaveSlot();
  const outcome = await app.postWebhook(url, headers, body, signal).finally(takeSlot);
  if (outcome.kind === "failed") return outcome.code;
  return outcome.status >= 200 && outcome.status < 300 ? "delivered" : `status_${outcome.status}`;
}

/** The operator may have taken the host off the list since. */
function openUrl(
  { sealer, webhookHosts }: MonitorPlatform,
  install: Install,
  webhook: WebhookRow,
): URL | undefined {
  try {
    return readWebhookUrl(sealer.open("webhook_url", install, webhook.url_box), webhookHosts);
  } catch (error) {
    if (error instanceof DomainError && error.code === "webhook_refused") return undefined;
    throw error;
  }
}

/** @returns whether the next message is worth trying now */
async function recordOutcome(
  app: MonitorPlatform,
  message: WebhookMessage,
  outcome: string,
): Promise<boolean> {
  const now = app.clock.now();
  const delay = outcome === "not_allowed" ? undefined : DELAYS_MS[message.attempts];
  await app.db.write(async (tx) => {
    if (outcome === "delivered") await finishMessage(tx, message, { state: "delivered", error: null }, now);
    else if (delay === undefined) await finishMessage(tx, message, { state: "parked", error: outcome }, now);
    else await postponeMessages(tx, message, now + delay, outcome);
    const { installed_app_id, id } = message;
    await recordAttempt(tx, { installed_app_id, channel: "webhook", delivery_id: id, at: now, outcome });
  });
  return outcome === "delivered" || delay === undefined;
}
