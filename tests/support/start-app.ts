import { createRequire } from "node:module";
import { join } from "node:path";

import SqliteDatabase from "better-sqlite3";
import sirv from "sirv";
import { onTestFinished } from "vitest";

import { readEnv } from "#app/platform/http/env.server.ts";
import { urlToken } from "#app/platform/installs/url-token.server.ts";
import type * as Server from "#app/server.ts";

import { installBody, launchBody, uninstallBody } from "./blnk-payloads.ts";
import { BUILD } from "./built-app.ts";
import "./loopback-only.ts";
import { startStandInCloud } from "./stand-in-cloud.ts";
import { PUBLIC_URL, temporaryDirectory, testEnvironment } from "./test-environment.ts";

const require = createRequire(import.meta.url);

export type TestApp = Awaited<ReturnType<typeof startApp>>;

/**
 * The built server in this process, on a free loopback port, with a database of its own and a stand-in for Blnk Cloud.
 * Everything is stopped with the test.
 */
export async function startApp({
  env = {},
  directory = temporaryDirectory(),
  shortcut = true,
}: { env?: Record<string, string>; directory?: string; shortcut?: boolean } = {}) {
  const cloud = await startStandInCloud();
  const source = testEnvironment(directory, { BLNK_API_URL: cloud.url, ...env });
  const { startServer } = require(join(BUILD, "server/index.js")) as typeof Server;
  const server = await startServer(readEnv(source), {
    serveStatic: sirv(join(BUILD, "client")),
    shortcut,
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.stop());
  onTestFinished(stop);

  const origin = `http://127.0.0.1:${server.port}`;
  const secret = source.URL_SECRETS!.split(",")[0]!;
  const paths = {
    callback: `/api/callback/${urlToken("callback", secret)}`,
    launch: `/api/portal/${urlToken("launch", secret)}`,
  };
  const request = (path: string, init: RequestInit = {}) =>
    fetch(origin + path, { redirect: "manual", ...init });
  const post = (path: string, body: unknown, init: RequestInit = {}) =>
    request(path, {
      method: "POST",
      body:
        typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
      ...init,
      headers: { "content-type": "application/json", ...(init.headers as Record<string, string>) },
    });

  return {
    origin,
    port: server.port,
    metricsPort: server.metricsPort,
    directory,
    file: join(directory, "tidemark.db"),
    env: source,
    paths,
    cloud,
    stop,
    request,
    post,
    callback: (body: unknown, init?: RequestInit) => post(paths.callback, body, init),
    install: (fields: object = {}) => post(paths.callback, installBody(fields)),
    uninstall: (fields: object = {}) => post(paths.callback, uninstallBody(fields)),
    requestLaunch: (fields: object = {}) => post(paths.launch, launchBody(fields)),
    /** Launches and answers the path (with the token) that a browser is to open. */
    async launch(fields: object = {}): Promise<string> {
      const response = await post(paths.launch, launchBody(fields));
      if (response.status !== 200) throw new Error(`The launch was answered with ${response.status}.`);
      const { portal_url } = (await response.json()) as { portal_url: string };
      return portal_url.slice(PUBLIC_URL.length);
    },
    /** Rows as another connection sees them: what is committed. */
    rows<Row = Record<string, unknown>>(sql: string, ...parameters: unknown[]): Row[] {
      return onFile(join(directory, "tidemark.db"), (db) => db.prepare(sql).all(...parameters) as Row[]);
    },
    /** Changes rows behind the server's back, such as the time at which a launch expires. */
    change: (sql: string, ...parameters: unknown[]) =>
      void onFile(join(directory, "tidemark.db"), (db) => db.prepare(sql).run(...parameters)),
  };
}

function onFile<T>(file: string, use: (db: SqliteDatabase.Database) => T): T {
  const db = new SqliteDatabase(file, { timeout: 5000 });
  try {
    return use(db);
  } finally {
    db.close();
  }
}
