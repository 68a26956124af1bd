import { expect, test } from "vitest";
import { Webhook } from "standardwebhooks";

import { enqueueWebhookEvent } from "#app/monitors/webhook/webhook-messages.server.ts";
import { escapeSlack } from "#app/monitors/webhook/webhook-event.ts";
import {
  destroyWebhook,
  findWebhook,
  removeWebhook,
  setWebhook,
  testWebhook,
} from "#app/monitors/webhook/webhooks.server.ts";
import type { PostOutcome, PostWebhook } from "#app/monitors/webhook/post-webhook.server.ts";

import { AUTHOR, openWatchedWorld, type WatchedWorld } from "./watched-world.ts";

const URL_TEXT = "https://hooks.example.com/in?secret=canary-url";

type Posted = { url: string; headers: Record<string, string>; body: string };

async function openWithWebhook({
  format = "standard",
  outcome = () => ({ kind: "answered", status: 200 }),
}: { format?: "standard" | "slack"; outcome?: () => PostOutcome } = {}) {
  const posted: Posted[] = [];
  const postWebhook: PostWebhook = (url, headers, body) => {
    posted.push({ url: url.href, headers, body });
    return Promise.resolve(outcome());
  };
  const world = await openWatchedWorld({ webhookHosts: ["hooks.example.com"], postWebhook });
  const install = await world.install();
  const secret = await setWebhook(world.platform, install.owner, { url: URL_TEXT, format }, AUTHOR);
  return { world, install, secret, posted };
}

const messages = (world: WatchedWorld) =>
  world.db.read.selectFrom("webhook_messages").selectAll().orderBy("created_at").execute();

test("a message is signed by the secret that was shown once, and what it said is forgotten", async () => {
  const { world, install, secret, posted } = await openWithWebhook();
  await testWebhook(world.platform, install.owner, AUTHOR);
  await world.work();
  expect(posted).toHaveLength(1);
  const [{ url, headers, body }] = posted as [Posted];
  expect(url).toBe(URL_TEXT);
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({
    type: "webhook.test",
    data: { instance_id: install.owner.instance_id },
  });
  expect(() => new Webhook(secret).verify(body.replace("test", "tset"), headers)).toThrow();
  expect(await messages(world)).toMatchObject([{ state: "delivered", content: null, attempts: 1 }]);
  expect(await world.db.read.selectFrom("delivery_attempts").selectAll().execute()).toMatchObject([
    { channel: "webhook", outcome: "delivered" },
  ]);
});

test("neither URL nor secret is readable in the database, nor answered again", async () => {
  const { world, install, secret } = await openWithWebhook();
  const row = await world.db.read.selectFrom("webhooks").selectAll().executeTakeFirstOrThrow();
  const stored = JSON.stringify([row, await world.db.read.selectFrom("activity").selectAll().execute()]);
  expect(stored).not.toContain("canary-url");
  expect(stored).not.toContain(secret.slice("whsec_".length));
  expect(await findWebhook(world.db, install.installed_app_id)).toEqual({
    format: "standard",
    host: "hooks.example.com",
    created_at: row.created_at,
  });
});

test("a receiver that fails is tried again later, then its message is parked; those behind it wait for it", async () => {
  const { world, install, posted } = await openWithWebhook({
    outcome: () => ({ kind: "answered", status: 500 }),
  });
  await testWebhook(world.platform, install.owner, AUTHOR);
  await testWebhook(world.platform, install.owner, AUTHOR);
  await world.work();
  expect(posted).toHaveLength(1);
  for (let hour = 0; hour < 12; hour += 1) await world.work(3_600_000);
  expect(
    (await messages(world)).map(({ state, error, attempts, content }) => [state, error, attempts, content]),
  ).toEqual([
    ["parked", "status_500", 5, null],
    ["parked", "status_500", 5, null],
  ]);
  expect(posted).toHaveLength(10);
});

test("a host that the operator no longer allows is told nothing", async () => {
  const { world, install, posted } = await openWithWebhook();
  world.platform.webhookHosts.length = 0;
  await testWebhook(world.platform, install.owner, AUTHOR);
  await world.work();
  expect(posted).toEqual([]);
  expect(await messages(world)).toMatchObject([{ state: "parked", error: "not_allowed" }]);
});

test("a removed webhook is destroyed, with what it had not been told", async () => {
  const { world, install, posted } = await openWithWebhook({
    outcome: () => ({ kind: "failed", code: "timeout" }),
  });
  await testWebhook(world.platform, install.owner, AUTHOR);
  await world.work();
  await removeWebhook(world.platform, install.owner, AUTHOR);
  await world.work(3_600_000);
  expect(posted).toHaveLength(1);
  expect(await world.db.read.selectFrom("webhooks").selectAll().execute()).toEqual([]);
  expect(await messages(world)).toMatchObject([{ state: "dropped", content: null }]);
});

test("an uninstall destroys URL and secret in its own unit of work", async () => {
  const { world, install } = await openWithWebhook();
  await world.db.write((tx) => destroyWebhook(tx, install.installed_app_id, world.clock.now()));
  expect(await findWebhook(world.db, install.installed_app_id)).toBeUndefined();
});

test("without a webhook nothing is queued", async () => {
  const world = await openWatchedWorld();
  await world.install();
  await world.db.write((tx) =>
    enqueueWebhookEvent(tx, "instapp_1", { type: "webhook.test" }, world.clock.now()),
  );
  expect(await messages(world)).toEqual([]);
});

test("Slack's text cannot mention a channel or disguise a link", async () => {
  expect(escapeSlack("<!channel> & <https://evil.example|Blnk>")).toBe(
    "&lt;!channel&gt; &amp; &lt;https://evil.example|Blnk&gt;",
  );
  const { world, install, posted } = await openWithWebhook({ format: "slack" });
  const monitor = {
    id: "mon_1",
    name: "<!channel> low",
    kind: "balance_threshold",
    severity: "info",
  } as const;
  const incidents = [{ id: "inc_1", subject: "bln_1", entity: "bln_1", value: "1.00" }];
  const event = {
    type: "monitor.incidents" as const,
    monitor,
    opened: { count: 1, incidents },
    closed: { count: 0, incidents: [] },
  };
  await world.db.write((tx) => enqueueWebhookEvent(tx, install.installed_app_id, event, world.clock.now()));
  await world.work();
  expect(JSON.parse(posted[0]!.body)).toEqual({
    text: "Tidemark: &lt;!channel&gt; low (info): now bln_1 at 1.00",
  });
});
