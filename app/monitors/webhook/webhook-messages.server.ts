import { randomBytes } from "node:crypto";

import type { Selectable } from "kysely";

import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import type { Database } from "#db/database.server.ts";
import type { WebhookMessageRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { WebhookEvent } from "./webhook-event.ts";

export type WebhookMessage = Selectable<WebhookMessageRow>;

/** Tells the install's webhook, if it has one; wake the worker after the commit. */
export async function enqueueWebhookEvent(
  tx: Tx,
  installedAppId: string,
  event: WebhookEvent,
  now: number,
): Promise<void> {
  const webhook = await tx
    .selectFrom("webhooks")
    .innerJoin("installs", "installs.installed_app_id", "webhooks.installed_app_id")
    .select("installs.generation")
    .where("webhooks.installed_app_id", "=", installedAppId)
    .where("installs.state", "=", "active")
    .executeTakeFirst();
  if (!webhook) return;
  await tx
    .insertInto("webhook_messages")
    .values({
      id: `msg_${randomBytes(16).toString("base64url")}`,
      installed_app_id: installedAppId,
      event: event.type,
      content: JSON.stringify(event),
      state: "pending",
      attempts: 0,
      due_at: now,
      error: null,
      created_at: now,
      finished_at: null,
    })
    .execute();
  await enqueueJob(
    tx,
    {
      kind: "deliver_webhooks",
      installed_app_id: installedAppId,
      generation: webhook.generation,
      due_at: now,
    },
    now,
  );
}

export async function listDueMessages(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  now: number,
): Promise<WebhookMessage[]> {
  return await read
    .selectFrom("webhook_messages")
    .selectAll()
    .where("installed_app_id", "=", installedAppId)
    .where("state", "=", "pending")
    .where("due_at", "<=", now)
    .orderBy("created_at")
    .orderBy("id")
    .limit(100)
    .execute();
}

export async function findNextMessageDue(
  { read }: Pick<Database, "read">,
  installedAppId: string,
): Promise<number | undefined> {
  const row = await read
    .selectFrom("webhook_messages")
    .select((eb) => eb.fn.min("due_at").as("due_at"))
    .where("installed_app_id", "=", installedAppId)
    .where("state", "=", "pending")
    .executeTakeFirst();
  return row?.due_at ?? undefined;
}

/** Ends a message, and with it what it said. */
export async function finishMessage(
  tx: Tx,
  message: WebhookMessage,
  { state, error }: { state: "delivered" | "parked" | "dropped"; error: string | null },
  now: number,
): Promise<void> {
  await tx
    .updateTable("webhook_messages")
    .set((eb) => ({
      state,
      error,
      content: null,
      attempts: eb("attempts", "+", state === "dropped" ? 0 : 1),
      finished_at: now,
    }))
    .where("id", "=", message.id)
    .where("state", "=", "pending")
    .execute();
}

/** The receiver is not well: this message is tried again later, and so is what waits behind it. */
export async function postponeMessages(
  tx: Tx,
  message: WebhookMessage,
  due_at: number,
  error: string,
): Promise<void> {
  await tx
    .updateTable("webhook_messages")
    .set((eb) => ({ attempts: eb("attempts", "+", 1), error }))
    .where("id", "=", message.id)
    .where("state", "=", "pending")
    .execute();
  await tx
    .updateTable("webhook_messages")
    .set({ due_at })
    .where("installed_app_id", "=", message.installed_app_id)
    .where("state", "=", "pending")
    .where("due_at", "<", due_at)
    .execute();
}

/** What a webhook that is gone will never be told. */
export async function dropMessages(tx: Tx, installedAppId: string, now: number): Promise<void> {
  await tx
    .updateTable("webhook_messages")
    .set({ state: "dropped", content: null, finished_at: now })
    .where("installed_app_id", "=", installedAppId)
    .where("state", "=", "pending")
    .execute();
}
