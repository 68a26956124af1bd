import { readFileSync } from "node:fs";

import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { API_KEY, installBody, OTHER_API_KEY } from "#tests/support/blnk-payloads.ts";
import { openOperator } from "#tests/support/operator-browser.ts";
import { OPERATOR_PASSWORD, operatorHash } from "#tests/support/operator-password.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { databaseBytes, findSecret } from "#tests/support/scan-bytes.ts";
import { startApp } from "#tests/support/start-app.ts";

/*
 * Promise 2 again, over what lasts: every planted secret, in every coding, in every sink that outlives a request or is
 * read by somebody else than the one it belongs to. The log and the answers of a started process are in
 * promise-02-no-secrets-leak.test.ts.
 */
test("planted secrets are in neither the database, its log, a backup, the console, nor the metrics", async () => {
  const app = await startApp({ env: { OPERATOR_PASSWORD_HASH: operatorHash(), METRICS_PORT: "0" } });
  const operator = openOperator(app);
  await app.install();
  await app.callback(installBody({ api_key: OTHER_API_KEY, app_id: "app_other" }));
  const entry = await app.launch();
  const visitor = openPortal(app);
  const page = await visitor.enter(entry);
  await visitor.get(`${page}/activity`);
  await operator.signIn("a wrong password of the operator");
  await operator.signIn();
  await operator.post("/ops/installs/instapp_1?index", { currency: "USD", per_action: "1.00", per_day: "" });

  const secrets = {
    "the API key": API_KEY,
    "a refused API key": OTHER_API_KEY,
    "the encryption key": app.env.ENCRYPTION_KEYS!.split(":")[1]!,
    "the URL secret": app.env.URL_SECRETS!,
    "the callback's token": app.paths.callback.split("/").at(-1)!,
    "the launch's token": app.paths.launch.split("/").at(-1)!,
    "the launch URL's token": entry.split("token=")[1]!,
    "the portal's cookie": [...visitor.jar.values()][0]!,
    "the operator's password": OPERATOR_PASSWORD,
    "a wrong password": "a wrong password of the operator",
    "the password's hash": app.env.OPERATOR_PASSWORD_HASH!,
    "the operator's cookie": operator.cookie().split("=")[1]!,
  };

  const backup = `${app.file}.copy`;
  const source = new SqliteDatabase(app.file, { readonly: true });
  await source.backup(backup);
  source.close();
  const pages = [
    "",
    "/installs",
    "/installs/instapp_1",
    "/sessions",
    "/events",
    "/jobs",
    "/promises",
    "/audit",
  ];
  const console = await Promise.all(
    pages.flatMap((path) =>
      [`/ops${path}`, path === "" ? "/ops.data" : `/ops${path}.data`].map(async (address) => {
        const response = await operator.get(address);
        return JSON.stringify([...response.headers]) + (await response.text());
      }),
    ),
  );
  const metrics = await fetch(`http://127.0.0.1:${app.metricsPort}/metrics`);
  const sinks: Record<string, Buffer | string> = {
    "the database and its log": databaseBytes(app.file),
    "a backup": readFileSync(backup),
    "the console": console.join("\n"),
    "the metrics": await metrics.text(),
  };

  for (const [sink, content] of Object.entries(sinks)) {
    expect(content.length, sink).toBeGreaterThan(500);
    for (const [name, secret] of Object.entries(secrets))
      expect(findSecret(content, secret), `${name} in ${sink}`).toEqual([]);
  }
  // The control: one row is enough to be found.
  app.change(
    "insert into operator_actions (at, action, result, source_address) values (1, 'x', ?, 'x')",
    Buffer.from(API_KEY).toString("hex"),
  );
  expect(findSecret(databaseBytes(app.file), API_KEY)).toEqual(["hex"]);
}, 60_000);
