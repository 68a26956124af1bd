import { spawnSync } from "node:child_process";

import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { AS_SHIPPED } from "#tests/faults/as-shipped.ts";
import { report } from "#tests/support/report.ts";
import { formRoutes } from "#tests/support/form-routes.ts";
import { hostileBodies, type PostForm, postHostileForms } from "#tests/support/hostile-forms.ts";
import { openOperator } from "#tests/support/operator-browser.ts";
import { operatorHash } from "#tests/support/operator-password.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { PUBLIC_URL, temporaryDirectory } from "#tests/support/test-environment.ts";
import { startServerProcess } from "#tests/support/start-server-process.ts";

import { breachOf } from "./attack.ts";

const ROOT = new URL("../../", import.meta.url);
const WITHIN_MS = 1_000;

test("every form of the shipped process outlives every hostile body", async () => {
  const directory = temporaryDirectory();
  const server = await startServerProcess(directory, {
    ...AS_SHIPPED,
    OPERATOR_PASSWORD_HASH: operatorHash(),
  });
  expect((await server.install({ granted_permissions: SCOPES })).status).toBe(200);
  const { portal_url } = (await (await server.launch()).json()) as { portal_url: string };
  const portal = openPortal(server);
  const home = await portal.enter(portal_url.slice(PUBLIC_URL.length));
  const operator = openOperator(server);
  await operator.signIn();
  const post: PostForm = ({ asks, path }, init) => {
    const all = { ...init, headers: { origin: PUBLIC_URL, ...(init.headers as Record<string, string>) } };
    if (asks === "nobody") return server.request(path, all);
    if (asks === "operator") return operator.get(path, all);
    return portal.get(path.startsWith("?") ? home + path : `${home}/${path}`, all);
  };
  const db = new SqliteDatabase(`${directory}/tidemark.db`, { readonly: true });
  const app = { rows: <Row>(sql: string) => db.prepare(sql).all() as Row[] };

  let slowest = 0;
  let sent = 0;
  for (const route of formRoutes()) {
    const bodies = hostileBodies(route.form);
    const send = async () => {
      const { answers, wrong, slowestMs } = await postHostileForms(route, bodies, {
        post,
        withinMs: WITHIN_MS,
      });
      expect(wrong).toEqual([]);
      slowest = Math.max(slowest, slowestMs);
      sent += answers.length;
      return answers;
    };
    const breach = await breachOf(
      { app, word: "no such word" },
      { name: route.path, refused: route.refused, send },
    );
    expect(breach).toBeUndefined();
  }
  db.close();
  expect((await server.request("/healthz")).status).toBe(200);
  report(
    "S10 hostile forms",
    `${sent} bodies, slowest ${Math.round(slowest)} ms, process alive`,
    "≤ 1 s, alive",
  );
}, 600_000);

test("with the same heap one such name kills or stalls a process that hands it to the parser", () => {
  const parser = `import { parseSubmission, report } from "@conform-to/react/future";
    const form = new FormData();
    form.append("x[30000000]", "1");
    report(parseSubmission(form));`;
  const { status, signal } = spawnSync(process.execPath, ["--input-type=module", "--eval", parser], {
    cwd: ROOT,
    timeout: 10_000,
    env: { ...process.env, ...AS_SHIPPED },
  });
  expect([status, signal]).not.toEqual([0, null]);
}, 30_000);
