import { expect, test } from "vitest";

import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { openOperator } from "#tests/support/operator-browser.ts";
import { operatorHash } from "#tests/support/operator-password.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

const KIB = 1024;
const PATHS = [
  "display",
  "precision",
  "monitors/new",
  "monitors/mon_1",
  "monitors/mon_1/edit",
  "monitors/mon_1/delete",
  "monitors/webhook",
  "adjustment",
  "transactions/txn_1/commit",
  "alerts/ano_1",
  "flag/bln_1",
  "note/bln_1",
];

/** A form of so many bytes that does not say its size. */
function formOf(bytes: number) {
  const chunk = new TextEncoder().encode("text=".padEnd(16 * KIB, "x"));
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= bytes) return controller.close();
      sent += chunk.byteLength;
      controller.enqueue(chunk);
    },
  });
  return { method: "POST", body, duplex: "half" } as RequestInit;
}

const HEADERS = { origin: PUBLIC_URL, "content-type": "application/x-www-form-urlencoded" };

test("a form of the portal that is larger than 64 KiB is 413 in words, also where it does not say its size", async () => {
  const app = await startApp();
  await app.install({ granted_permissions: SCOPES });
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  for (const path of PATHS) {
    const response = await portal.get(`${home}/${path}`, { ...formOf(128 * KIB), headers: HEADERS });
    expect([path, response.status]).toEqual([path, 413]);
    expect(await response.text()).toContain("This is larger than 64 KiB.");
  }
  const send = (bytes: number) => portal.post(`${home}/precision`, HEADERS, "currency=".padEnd(bytes, "x"));
  expect((await send(64 * KIB)).status).toBe(200);
  expect((await send(64 * KIB + 1)).status).toBe(413);
}, 60_000);

test("an import may be larger, and says in words where it ends", async () => {
  const app = await startApp();
  await app.install();
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  const send = async (bytes: number) => {
    const response = await portal.get(`${home}/monitors/transfer`, {
      ...formOf(bytes),
      headers: HEADERS,
    });
    return [response.status, await response.text()] as const;
  };
  expect(await send(512 * KIB)).toEqual([400, expect.stringContaining("This is not JSON.")]);
  expect(await send(3 * 1024 * KIB)).toEqual([400, expect.stringContaining("This is larger than 1 MiB.")]);
}, 60_000);

test("an operator's form that is larger than 64 KiB is 413 and does nothing", async () => {
  const app = await startApp({ env: { OPERATOR_PASSWORD_HASH: operatorHash() } });
  await app.install();
  const operator = openOperator(app);
  await operator.signIn();
  const padding = "x".repeat(64 * KIB);
  for (const [path, fields] of [
    ["/ops/jobs", { id: "1" }],
    ["/ops/sessions", { every: "1" }],
    ["/ops/installs/instapp_1?index", { currency: "USD", per_action: "1", per_day: "" }],
  ] as const) {
    const response = await operator.post(path, { ...fields, padding });
    expect([path, response.status]).toEqual([path, 413]);
  }
  expect(app.rows("select action from operator_actions")).toEqual([{ action: "signed in" }]);
});

test("what is not sent as a form is 415, not an unexpected error", async () => {
  const app = await startApp();
  await app.install();
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/json"]) {
    const response = await portal.post(
      `${home}/precision`,
      { origin: PUBLIC_URL, "content-type": type },
      "{",
    );
    expect([type, response.status]).toEqual([type, 415]);
  }
});
