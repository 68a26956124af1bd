import { Agent, request } from "node:http";
import { connect } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { installBody } from "#tests/support/blnk-payloads.ts";
import { rawRequest } from "#tests/support/raw-request.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

const alive = async (app: TestApp) => (await app.request("/healthz")).status;

test.each([
  ["no request at all", 400, "hello\r\n\r\n"],
  ["an unknown version", 400, "GET / HTTP/9.9\r\nHost: x\r\n\r\n"],
  ["no Host", 400, "GET / HTTP/1.1\r\n\r\n"],
  ["a header of 20 KB", 431, `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(20_000)}\r\n\r\n`],
  [
    "two lengths",
    400,
    "POST /api/callback/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  ],
  [
    "a length beside chunks",
    400,
    "POST /api/callback/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["a bare line feed in a header", 400, "GET / HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n"],
  ["a NUL in a header", 400, "GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n"],
  ["an asterisk for a path", 400, "GET * HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["an address that is none", 400, "GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["TRACE", 405, "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["TRACE of a portal page", 405, "TRACE /portal/x HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["TRACE of a file", 404, "TRACE /favicon.svg HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["a Host that is none", 200, "GET / HTTP/1.1\r\nHost: [\r\n\r\n"],
  ["a Host with a path", 200, "GET / HTTP/1.1\r\nHost: evil.example/x?y\r\n\r\n"],
  ["an expectation that nobody knows", 200, "GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n"],
  ["an absolute address", 200, "GET http://evil.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["HTTP/1.0 without a Host", 200, "GET / HTTP/1.0\r\n\r\n"],
  [
    "an upgrade that nobody offers",
    200,
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  ],
  ["two slashes", 404, "GET //evil.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["an escape that is none", 400, "GET /%E0%A4%A HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["an escaped NUL", 404, "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["a file outside", 404, "GET /../../package.json HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["a file outside, escaped", 404, "GET /%2e%2e/%2e%2e/package.json HTTP/1.1\r\nHost: x\r\n\r\n"],
  [
    "a file outside, twice escaped",
    404,
    "GET /assets/..%252f..%252f..%252fpackage.json HTTP/1.1\r\nHost: x\r\n\r\n",
  ],
  ["a file outside, by backslashes", 404, "GET /assets/..\\..\\..\\package.json HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["a portal path with an escape that is none", 400, "GET /portal/%E0%A4%A HTTP/1.1\r\nHost: x\r\n\r\n"],
])("%s is answered %i, with our headers, and the server lives on", async (_name, status, bytes) => {
  const app = await startApp();
  const answer = await rawRequest(app.port, bytes);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await alive(app)).toBe(200);
});

test("a path that is read one way by the check and another by the router gets no write past the check", async () => {
  const app = await startApp();
  await app.install();
  const enter = await app.request(await app.launch());
  const cookie = enter.headers.getSetCookie()[0]!.split(";")[0]!;
  const launchId = enter.headers.get("location")!.split(/[/?]/)[2]!;
  const end = `portal/${launchId}/end`;
  for (const path of [
    `/${end}`,
    `/api/callback/../../${end}`,
    `/api/callback/%2e%2e/%2E%2E/${end}`,
    `/api/..\\${end}`,
    `//${end}`,
    `/./${end}`,
    `/PORTAL/${launchId}/end`,
    `/%70ortal/${launchId}/end`,
    `/portal%2F${launchId}%2Fend`,
    `/%2Fportal/${launchId}/end`,
    `/%2E%2E/portal/${launchId}/end`,
    `//PORTAL//${launchId}/end//`,
    `/${end}%2F`,
    `/${end}?_data=x`,
    `/ops/sign-out`,
    `/OPS/sign-out.data`,
    `/%6Fps/sign-in/`,
    `/${end}.data`,
    `/${end}/`,
    `http://x/${end}`,
    `/api/../${end}`,
    `/${end}?x=/api/callback/`,
  ]) {
    const answer = await rawRequest(
      app.port,
      `POST ${path} HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(answer.status, path).toBe(403);
  }
  expect(app.rows("select ended_at from launches")).toEqual([{ ended_at: null }]);
  const honest = await app.request(`/${end}`, {
    method: "POST",
    headers: { cookie, origin: "https://tidemark.example.com" },
  });
  expect(honest.status).toBe(401);
  expect(app.rows("select ended_at from launches where ended_at is null")).toEqual([]);
});

test("a POST to a path that is not there, or does nothing, is answered as any other request to it", async () => {
  const app = await startApp();
  for (const path of ["/nope", "/API/callback/wrong", "/portals", "/favicon.svg"])
    expect((await app.request(path, { method: "POST" })).status, path).toBe(404);
  for (const path of ["/", "/healthz", "/readyz"]) {
    const answer = await app.request(path, { method: "POST" });
    expect([answer.status, answer.headers.get("allow")], path).toEqual([405, "GET, HEAD, OPTIONS"]);
  }
});

test("what is only posted to, or only read, answers no other method and says which it does", async () => {
  const app = await startApp();
  await app.install();
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  const answers: unknown[] = [];
  const ask = async (method: string, path: string) => {
    const body = method === "GET" ? {} : { body: '{"monitors":[]}' };
    const headers = { origin: PUBLIC_URL, "content-type": "application/json" };
    const answer = await portal.get(`${home}/${path}`, { method, headers, ...body });
    answers.push([method, path, answer.status, answer.headers.get("allow")]);
  };
  const expected: unknown[] = [];
  for (const path of ["monitors/import", "display", "new-tab", "end"])
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      await ask(method, path);
      expected.push([method, path, 405, "POST"]);
    }
  for (const path of ["monitors/export", "activity.csv", "balances.csv", "ledgers.csv", "transactions.csv"])
    for (const method of ["POST", "PUT", "DELETE"]) {
      await ask(method, path);
      expected.push([method, path, 405, "GET, HEAD, OPTIONS"]);
    }
  expect(answers).toEqual(expected);
  await ask("POST", "monitors/import");
  expect(answers.at(-1)).toEqual(["POST", "monitors/import", 200, null]);
});

test("a large body that nobody reads does not hold up the connection's next request", async () => {
  const app = await startApp();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const ask = (path: string, body?: Buffer) =>
    new Promise<number>((resolve, reject) => {
      const sent = request(
        { port: app.port, path, agent, method: body ? "POST" : "GET", timeout: 5000 },
        (answer) => {
          answer.resume().on("end", () => resolve(answer.statusCode!));
        },
      );
      sent.on("error", reject).on("timeout", () => sent.destroy(new Error("timed out")));
      sent.end(body);
    });
  expect(await ask("/api/callback/wrong", Buffer.alloc(400_000, 0x20))).toBe(404);
  expect(await ask("/healthz")).toBe(200);
});

test("a caller that goes away in the middle of its body leaves nothing behind", async () => {
  const app = await startApp();
  const body = JSON.stringify(installBody());
  for (let round = 0; round < 20; round += 1) {
    await new Promise<void>((resolve) => {
      const socket = connect(app.port, "127.0.0.1", () => {
        socket.write(
          `POST ${app.paths.callback} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 50)}`,
          () => setTimeout(() => socket.resetAndDestroy(), 5),
        );
      });
      socket.on("error", () => undefined).on("close", () => resolve());
    });
  }
  expect(await alive(app)).toBe(200);
  expect(app.rows("select * from received_events")).toEqual([]);
  expect((await app.install()).status).toBe(200);
});

test("an install whose body took nine seconds to come is 503 and not applied", async () => {
  const app = await startApp();
  const body = JSON.stringify(installBody());
  const answer = await new Promise<{ status: number; retryAfter: string | undefined }>((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.length };
    const sending = request(
      { port: app.port, path: app.paths.callback, method: "POST", headers },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode!, retryAfter: response.headers["retry-after"] });
      },
    );
    sending.on("error", reject).write(body.slice(0, 20));
    setTimeout(() => sending.end(body.slice(20)), 9300);
  });
  expect(answer).toEqual({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) as string });
  expect(app.rows("select * from received_events")).toEqual([]);
  expect((await app.install()).status).toBe(200);
}, 40_000);

test("the id of a request is ours, whatever the caller sends", async () => {
  const app = await startApp();
  const answer = await app.request("/healthz", { headers: { "x-request-id": "canary" } });
  expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});
