import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { urlToken } from "#app/platform/installs/url-token.server.ts";
import {
  API_KEY,
  installBody,
  launchBody,
  OTHER_API_KEY,
  uninstallBody,
} from "#tests/support/blnk-payloads.ts";
import { rawRequest } from "#tests/support/raw-request.ts";
import { findSecret } from "#tests/support/scan-bytes.ts";
import { BUILD } from "#tests/support/built-app.ts";
import { PUBLIC_URL, temporaryDirectory, testEnvironment } from "#tests/support/test-environment.ts";
import { startStandInCloud } from "#tests/support/stand-in-cloud.ts";

/** The server as it is started in production, with its log at its most talkative, and everything that it wrote. */
async function startServerProcess() {
  const cloud = await startStandInCloud();
  // An upstream that repeats what it was sent, as error bodies do.
  cloud.answer(API_KEY, 401, `{"error":"bad key ${API_KEY}"}`);
  const env = testEnvironment(temporaryDirectory(), {
    BLNK_API_URL: cloud.url,
    LOG_LEVEL: "debug",
  }) as Record<string, string>;
  const server = spawn(process.execPath, [new URL("../../scripts/serve.ts", import.meta.url).pathname], {
    env: { PATH: process.env.PATH!, ...env },
    cwd: temporaryDirectory(),
  });
  onTestFinished(async () => {
    if (server.exitCode === null && server.kill("SIGTERM")) await once(server, "exit");
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const port = () => (/"listening","port":(\d+)/.exec(output) ?? [])[1];
  await expect.poll(port, { timeout: 30_000 }).toBeDefined();
  return {
    server,
    env,
    cloud,
    origin: `http://127.0.0.1:${port()}`,
    port: Number(port()),
    output: () => output,
  };
}

test("planted secrets show in no log line, answer, header, URL or client file", async () => {
  const { server, env, cloud, origin, port, output } = await startServerProcess();
  const [callback, launch] = [urlToken("callback", env.URL_SECRETS!), urlToken("launch", env.URL_SECRETS!)];
  const answers: string[] = [];
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(origin + path, { redirect: "manual", ...init });
    answers.push(JSON.stringify([...response.headers]), await response.clone().text());
    return response;
  };
  const post = (path: string, body: unknown) =>
    ask(path, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });

  await post(`/api/callback/${callback}`, installBody());
  await post(`/api/callback/${callback}`, installBody({ app_id: "app_other" }));
  await post(`/api/callback/${callback}`, installBody({ api_key: `${OTHER_API_KEY} with a blank` }));
  await post(`/api/callback/${callback}`, `{"api_key":"${API_KEY}",`);
  await post(`/api/callback/${callback}wrong`, installBody());
  const launched = await post(`/api/portal/${launch}`, launchBody());
  const { portal_url } = (await launched.json()) as { portal_url: string };
  // The URL belongs to the answer of a launch; everywhere else its token is a secret.
  answers.splice(-2);
  const token = new URL(portal_url).searchParams.get("token")!;
  const entered = await ask(`/portal/enter?token=${token}`);
  const cookie = entered.headers.getSetCookie()[0]!.split(";")[0]!;
  answers.splice(-2);
  const check = entered.headers.get("location")!;
  const page = check.split("?")[0]!;
  await ask(check, { headers: { cookie } });
  await ask(page, { headers: { cookie } });
  await ask(`${page}.data`, { headers: { cookie } });
  await ask(`/portal/enter?token=${token}x`);
  await ask(`${page}/nowhere?token=${token}`, { headers: { cookie, authorization: `Bearer ${API_KEY}` } });
  await ask(`${page}/end`, {
    method: "POST",
    headers: { cookie, origin: "https://evil.example", referer: portal_url },
  });
  for (const bytes of [
    `GET /portal/%E0${token} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `POST /api/callback/${callback} HTTP/1.1\r\nHost: [\r\nContent-Length: 2\r\n\r\n{}`,
    `TRACE /api/callback/${callback} HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`,
    `GET http://[${token} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `GET /?${token} HTTP/1.1\r\nHost: x\r\nX: ${API_KEY.repeat(600)}\r\n\r\n`,
  ])
    answers.push(JSON.stringify(await rawRequest(port, bytes)));
  await expect.poll(() => cloud.journal.length, { timeout: 15_000 }).toBeGreaterThan(0);
  await post(`/api/callback/${callback}`, uninstallBody());
  server.kill("SIGTERM");
  await once(server, "exit");

  expect(output()).toContain('"event":"request"');
  expect(output()).toContain('"event":"callback"');
  const secrets = {
    "the API key": API_KEY,
    "a key that was refused": OTHER_API_KEY,
    "the encryption key": env.ENCRYPTION_KEYS!.split(":")[1]!,
    "the URL secret": env.URL_SECRETS!,
    "the callback's token": callback,
    "the launch's token": launch,
    "the launch URL's token": token,
    "the cookie": cookie.split("=")[1]!,
    "the hand-over code": check.split("check=")[1]!,
  };
  const bundle = readdirSync(join(BUILD, "client"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|css|html|svg)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
  expect(bundle).not.toBe("");
  for (const [name, secret] of Object.entries(secrets)) {
    expect(findSecret(output(), secret), `${name} in the log`).toEqual([]);
    expect(findSecret(answers.join("\n"), secret), `${name} in an answer`).toEqual([]);
    expect(findSecret(bundle, secret), `${name} in a client file`).toEqual([]);
  }
  expect(findSecret(`${answers.join("\n")}${PUBLIC_URL}/portal/enter?token=${token}`, token)).not.toEqual([]);
}, 90_000);

test("a boot that fails on a bad environment names the variable and repeats no value", async () => {
  const env = testEnvironment(temporaryDirectory(), {
    ENCRYPTION_KEYS: "k1:canary-key",
    URL_SECRETS: "canary-secret",
  }) as Record<string, string>;
  const server = spawn(process.execPath, [new URL("../../scripts/serve.ts", import.meta.url).pathname], {
    env: { PATH: process.env.PATH!, ...env },
    cwd: temporaryDirectory(),
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(server, "exit")) as [number];
  expect(code).toBe(1);
  expect(output).toContain("ENCRYPTION_KEYS");
  expect(output).toContain("URL_SECRETS");
  expect(output).not.toContain("canary");
}, 60_000);
