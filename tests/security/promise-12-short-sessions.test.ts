import { expect, test } from "vitest";

import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";

test("each launch gets a URL of its own, with 256 random bits and no end in sight of the key", async () => {
  const app = await startApp();
  await app.install();
  const tokens = [];
  for (let launch = 0; launch < 20; launch += 1) tokens.push((await app.launch()).split("token=")[1]!);
  expect(new Set(tokens).size).toBe(20);
  for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(32);
});

test.each([
  [undefined, 15],
  ["5", 5],
  ["60", 60],
])(
  "with PORTAL_SESSION_MINUTES %s a launch and all its sessions last %i minutes, absolutely",
  async (minutes, expected) => {
    const app = await startApp(minutes === undefined ? {} : { env: { PORTAL_SESSION_MINUTES: minutes } });
    await app.install();
    const path = await app.launch();
    const lifetime = () =>
      app.rows<{ ms: number }>("select expires_at - created_at as ms from launches")[0]!.ms;
    expect(lifetime()).toBe(expected * 60_000);
    const portal = openPortal(app);
    const page = await portal.enter(path);
    await portal.get(page);
    await portal.get(path);
    expect(lifetime()).toBe(expected * 60_000);
    app.change("update launches set expires_at = ?", Date.now() - 1);
    expect((await portal.get(page)).status).toBe(401);
  },
);

test("a session is a cookie: it rides in no URL, no page and no storage of the browser", async () => {
  const app = await startApp();
  await app.install();
  const portal = openPortal(app);
  const page = await portal.enter(await app.launch());
  const [cookie] = [...portal.jar.values()];
  for (const path of [page, `${page}.data`]) {
    const text = await (await portal.get(path)).text();
    expect(text).not.toContain(cookie);
    expect(text).not.toMatch(/(local|session)Storage/);
  }
});
