import { randomBytes } from "node:crypto";

import { recordActivity } from "#app/platform/activity/activity.server.ts";
import { DomainError } from "#app/platform/errors.ts";
import type { Install } from "#app/platform/installs/installs.server.ts";
import type { Database } from "#db/database.server.ts";
import type { WebhookRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { MonitorPlatform } from "../monitor-platform.server.ts";
import { dropMessages, enqueueWebhookEvent } from "./webhook-messages.server.ts";
import { readWebhookUrl } from "./webhook-url.server.ts";

/** Who changed it, for Activity. */
export type Actor = { launch_id: string; user_id: string | null };

export type Owner = Pick<Install, "installed_app_id" | "app_id" | "instance_id">;

/** What is shown of a webhook: where it goes, never its URL or secret. */
export async function findWebhook(
  { read }: Pick<Database, "read">,
  installedAppId: string,
): Promise<Pick<WebhookRow, "format" | "host" | "created_at"> | undefined> {
  return await read
    .selectFrom("webhooks")
    .select(["format", "host", "created_at"])
    .where("installed_app_id", "=", installedAppId)
    .executeTakeFirst();
}

/**
 * Sets the one webhook of an install, in place of the one before.
 *
 * @returns the secret that signs its messages: it is shown this once
 * @throws DomainError `webhook_refused` for a URL that it may not have
 */
export async function setWebhook(
  { db, sealer, clock, webhookHosts }: Pick<MonitorPlatform, "db" | "sealer" | "clock" | "webhookHosts">,
  owner: Owner,
  { url: text, format }: { url: string; format: WebhookRow["format"] },
  actor: Actor,
): Promise<string> {
  const url = readWebhookUrl(text, webhookHosts);
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const { installed_app_id } = owner;
  const now = clock.now();
  const row = {
    format,
    host: url.hostname,
    url_box: sealer.seal("webhook_url", owner, url.href),
    secret_box: sealer.seal("webhook_secret", owner, secret),
    created_at: now,
  };
  await db.write(async (tx) => {
    await dropMessages(tx, installed_app_id, now);
    await tx
      .insertInto("webhooks")
      .values({ installed_app_id, ...row })
      .onConflict((conflict) => conflict.column("installed_app_id").doUpdateSet(row))
      .execute();
    await recordActivity(
      tx,
      { installed_app_id, ...actor, action: "webhook.set", target: url.hostname, result: format },
      now,
    );
  });
  return secret;
}

export async function removeWebhook(
  { db, clock }: Pick<MonitorPlatform, "db" | "clock">,
  owner: Owner,
  actor: Actor,
): Promise<void> {
  const { installed_app_id } = owner;
  await db.write(async (tx) => {
    await destroyWebhook(tx, installed_app_id, clock.now());
    await recordActivity(
      tx,
      { installed_app_id, ...actor, action: "webhook.removed", result: "destroyed" },
      clock.now(),
    );
  });
}

const MINUTE_MS = 60_000;
const MOST_TESTS_A_MINUTE = 5;

/**
 * Queues a test message. False when there is no webhook to test.
 *
 * @throws DomainError `too_many_requests` after five tests within a minute, whoever of the install asked for them
 */
export async function testWebhook(
  { db, clock }: Pick<MonitorPlatform, "db" | "clock">,
  { installed_app_id }: Owner,
  actor: Actor,
): Promise<boolean> {
  const webhook = await findWebhook(db, installed_app_id);
  if (!webhook) return false;
  await db.write(async (tx) => {
    const now = clock.now();
    const tests = await tx
      .selectFrom("activity")
      .select("id")
      .where("installed_app_id", "=", installed_app_id)
      .where("at", ">", now - MINUTE_MS)
      .where("action", "=", "webhook.tested")
      .limit(MOST_TESTS_A_MINUTE)
      .execute();
    if (tests.length === MOST_TESTS_A_MINUTE)
      throw new DomainError(
        "too_many_requests",
        "Five tests were sent within a minute. Wait a minute, then try again.",
      );
    await enqueueWebhookEvent(tx, installed_app_id, { type: "webhook.test" }, now);
    await recordActivity(
      tx,
      {
        installed_app_id,
        ...actor,
        action: "webhook.tested",
        target: webhook.host,
        result: "test message asked for",
      },
      now,
    );
  });
  return true;
}

/** At an uninstall, in its unit of work: URL and secret are overwritten in the file, like the key. */
export async function destroyWebhook(tx: Tx, installedAppId: string, now: number): Promise<void> {
  await dropMessages(tx, installedAppId, now);
  await tx.deleteFrom("webhooks").where("installed_app_id", "=", installedAppId).execute();
}
