import { randomBytes } from "node:crypto";

import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { API_KEY, OTHER_API_KEY } from "#tests/support/blnk-payloads.ts";
import { databaseBytes, encodingsOf, findSecret } from "#tests/support/scan-bytes.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

const box = (app: TestApp) =>
  app.rows<{ box: string | null }>("select box from install_keys order by generation desc")[0]!.box;

test("the scan finds a secret in every coding, so that finding nothing means something", () => {
  for (const [name, coded] of Object.entries(encodingsOf(API_KEY)))
    expect(findSecret(`before ${coded} after`, API_KEY)).toContain(name);
  for (const at of [0, 1, 2, 3, 4, 5]) {
    expect(
      findSecret(Buffer.from(`${"x".repeat(at)}${API_KEY} and more`).toString("base64"), API_KEY),
    ).not.toEqual([]);
  }
});

test("a stored key is a sealed box, and the key itself is nowhere in the file or the log", async () => {
  const app = await startApp();
  await app.install();
  expect(box(app)).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
  const bytes = databaseBytes(app.file);
  expect(bytes.includes(box(app)!)).toBe(true);
  expect(findSecret(bytes, API_KEY)).toEqual([]);
});

test("after an uninstall not a byte of the key's box, nor of what was shown of it, is left in the file or the log", async () => {
  const app = await startApp();
  await app.install();
  const sealed = box(app)!;
  expect(databaseBytes(app.file).includes(sealed)).toBe(true);
  expect(databaseBytes(app.file).includes(API_KEY.slice(0, 8))).toBe(true);
  await app.uninstall();
  await expect.poll(() => databaseBytes(app.file).includes(sealed), { timeout: 10_000 }).toBe(false);
  const bytes = databaseBytes(app.file);
  for (const part of sealed.split(".").slice(2)) expect(bytes.includes(part)).toBe(false);
  expect(bytes.includes(API_KEY.slice(0, 8))).toBe(false);
  expect(findSecret(bytes, API_KEY)).toEqual([]);
});

test("a reader that holds the log puts the truncation off, and it is tried until it succeeds", async () => {
  const app = await startApp();
  await app.install();
  const sealed = box(app)!;
  const reader = new SqliteDatabase(app.file, { readonly: true });
  reader.exec("begin");
  reader.prepare("select count(*) from installs").get();
  await app.uninstall();
  const began = performance.now();
  for (let asked = 0; asked < 10; asked += 1) expect((await app.request("/healthz")).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(2500);
  expect(databaseBytes(app.file).includes(sealed)).toBe(true);
  reader.close();
  await expect.poll(() => databaseBytes(app.file).includes(sealed), { timeout: 10_000 }).toBe(false);
});

test("a truncation that a crash prevented is made up for at the next start", async () => {
  const directory = temporaryDirectory();
  const first = await startApp({ directory });
  await first.install();
  const sealed = box(first)!;
  const reader = new SqliteDatabase(first.file, { readonly: true });
  reader.exec("begin");
  reader.prepare("select count(*) from installs").get();
  await first.uninstall();
  await first.stop();
  expect(databaseBytes(first.file).includes(sealed)).toBe(true);
  reader.close();
  await startApp({
    directory,
    env: { ENCRYPTION_KEYS: first.env.ENCRYPTION_KEYS!, URL_SECRETS: first.env.URL_SECRETS! },
  });
  expect(databaseBytes(first.file).includes(sealed)).toBe(false);
});

test("a replaced key's box is gone from the file and the log once the new key is proven", async () => {
  const app = await startApp();
  await app.install();
  const replaced = box(app)!;
  await app.install({ api_key: OTHER_API_KEY });
  await expect
    .poll(() => app.rows("select key_state from installs"), { timeout: 10_000 })
    .toEqual([{ key_state: "working" }]);
  await expect.poll(() => databaseBytes(app.file).includes(replaced), { timeout: 10_000 }).toBe(false);
  expect(databaseBytes(app.file).includes(box(app)!)).toBe(true);
});

test("a boot without the key that a box was sealed with, or with another under its id, stops and names the id", async () => {
  const directory = temporaryDirectory();
  const app = await startApp({ directory });
  await app.install();
  await app.stop();
  const other = randomBytes(32).toString("base64");
  await expect(
    startApp({ directory: await copyOf(app), env: { ENCRYPTION_KEYS: `k2:${other}` } }),
  ).rejects.toThrow(/"k1".*ENCRYPTION_KEYS/);
  await expect(
    startApp({ directory: await copyOf(app), env: { ENCRYPTION_KEYS: `k1:${other}` } }),
  ).rejects.toThrow(/"k1".*ENCRYPTION_KEYS/);
  const rotated = await startApp({
    directory: await copyOf(app),
    env: { ENCRYPTION_KEYS: `k2:${other},${app.env.ENCRYPTION_KEYS!}` },
  });
  expect((await rotated.request("/readyz")).status).toBe(200);
});

/** A boot that stops keeps its hold on the file until its process ends: each gets a file of its own. */
async function copyOf(app: TestApp): Promise<string> {
  const directory = temporaryDirectory();
  const source = new SqliteDatabase(app.file, { readonly: true });
  await source.backup(`${directory}/tidemark.db`);
  source.close();
  return directory;
}
