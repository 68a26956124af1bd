import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect, onTestFinished } from "vitest";

import { urlToken } from "#app/platform/installs/url-token.server.ts";

import { installBody, launchBody } from "./blnk-payloads.ts";
import "./built-app.ts";
import { PUBLIC_URL, testEnvironment } from "./test-environment.ts";

const SERVE = new URL("../../scripts/serve.ts", import.meta.url).pathname;

/** The server as a process of its own, as it is started in production; ended with the test. */
export async function startServerProcess(
  directory: string,
  env: Record<string, string> = {},
  nodeFlags: readonly string[] = [],
) {
  // Nobody listens there: no test's key may go to the real Cloud.
  const nowhere = { BLNK_API_URL: "http://127.0.0.1:9" };
  const complete = testEnvironment(directory, { ...nowhere, ...env }) as Record<string, string>;
  const server = spawn(process.execPath, [...nodeFlags, SERVE], {
    env: { PATH: process.env.PATH!, ...complete },
    cwd: directory,
  });
  const ended = once(server, "exit").then(([code]) => code as number | null);
  onTestFinished(async () => {
    server.kill("SIGTERM");
    await ended;
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const port = () => /"listening","port":(\d+)/.exec(output)?.[1];
  await expect.poll(() => port() ?? server.exitCode, { timeout: 60_000 }).not.toBeNull();
  const origin = `http://127.0.0.1:${port()}`;

  const request = (path: string, init: RequestInit = {}) =>
    fetch(origin + path, { redirect: "manual", ...init });
  const post = (path: string, body: unknown) =>
    request(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const secret = complete.URL_SECRETS!;
  const paths = {
    callback: `/api/callback/${urlToken("callback", secret)}`,
    launch: `/api/portal/${urlToken("launch", secret)}`,
  };
  return {
    origin,
    paths,
    pid: server.pid!,
    env: complete,
    output: () => output,
    /** Its exit code, once it has ended by itself. */
    ended,
    request,
    install: (fields: object = {}) => post(paths.callback, installBody(fields)),
    launch: (fields: object = {}) => post(paths.launch, launchBody(fields)),
    /** Opens a session; answers the page's path and the cookie. */
    async enter() {
      const launched = await post(paths.launch, launchBody());
      const { portal_url } = (await launched.json()) as { portal_url: string };
      const entered = await request(portal_url.slice(PUBLIC_URL.length));
      const cookie = entered.headers.getSetCookie()[0]!.split(";")[0]!;
      return { page: entered.headers.get("location")!.split("?")[0]!, cookie };
    },
  };
}

export type ServerProcess = Awaited<ReturnType<typeof startServerProcess>>;
