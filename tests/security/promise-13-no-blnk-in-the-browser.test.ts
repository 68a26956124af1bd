import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { API_KEY } from "#tests/support/blnk-payloads.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { findSecret } from "#tests/support/scan-bytes.ts";
import { BUILD } from "#tests/support/built-app.ts";
import { startApp } from "#tests/support/start-app.ts";

test("no page and no data of the portal holds a key or an address of Blnk", async () => {
  const app = await startApp();
  await app.install();
  const portal = openPortal(app);
  const page = await portal.enter(await app.launch());
  for (const path of [page, `${page}.data`]) {
    const response = await portal.get(path);
    expect(response.status).toBe(200);
    const text = JSON.stringify([...response.headers]) + (await response.text());
    expect(findSecret(text, API_KEY)).toEqual([]);
    expect(text).not.toContain(app.cloud.url);
    expect(text).not.toMatch(/v1\.k1\.|api\.cloud\.blnk/);
  }
});

test("the browser may connect to this app only", async () => {
  const app = await startApp();
  await app.install();
  const portal = openPortal(app);
  const policy = (await portal.get(await portal.enter(await app.launch()))).headers.get(
    "content-security-policy",
  );
  expect(policy).toContain("connect-src 'self';");
  expect(policy).toContain("form-action 'self';");
  expect(policy).toContain("base-uri 'none'");
});

test("no client file holds code of the server, or an address or path of Blnk's API", () => {
  const files = readdirSync(join(BUILD, "client/assets")).filter((name) => name.endsWith(".js"));
  expect(files.length).toBeGreaterThan(0);
  const client = files.map((name) => readFileSync(join(BUILD, "client/assets", name), "utf8")).join("\n");
  expect(client.includes("api.cloud.blnkfinance.com")).toBe(false);
  const server = readFileSync(join(BUILD, "server/index.js"), "utf8");
  for (const marker of [
    "aes-256-gcm",
    "ENCRYPTION_KEYS",
    "/data/ledgers",
    "better-sqlite3",
    "install_keys",
  ]) {
    expect([marker, server.includes(marker), client.includes(marker)]).toEqual([marker, true, false]);
  }
});
