import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { connect } from "node:tls";

import { generate } from "selfsigned";
import { beforeAll, expect, onTestFinished, test } from "vitest";

import { createPostWebhook, type Resolve } from "#app/monitors/webhook/post-webhook.server.ts";

const HOST = "hooks.example.com";
const PUBLIC = "93.184.215.14";
const GO_ON = new AbortController().signal;
const url = new URL(`https://${HOST}/in`);

let certificate: { cert: string; private: string };
beforeAll(async () => {
  certificate = await generate([{ name: "commonName", value: HOST }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: HOST }] }],
  });
});

/** A receiver on loopback that a public address is made to lead to. */
async function startReceiver(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
) {
  const bodies: string[] = [];
  const server = createServer({ key: certificate.private, cert: certificate.cert }, (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      bodies.push(body);
      answer(request, response, body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const dialled: string[] = [];
  const dial = (address: string, host: string) => {
    dialled.push(address);
    return connect({ host: "127.0.0.1", port, servername: host, ca: certificate.cert });
  };
  return { bodies, dialled, dial };
}

const leadsTo =
  (...addresses: string[]): Resolve =>
  () =>
    Promise.resolve(addresses);

test("a message goes to the address that was checked, under the host's own name", async () => {
  const { bodies, dialled, dial } = await startReceiver((_request, response) =>
    response.writeHead(204).end(),
  );
  const post = createPostWebhook({ resolve: leadsTo(PUBLIC), dial });
  expect(await post(url, { "content-type": "application/json" }, '{"a":1}', GO_ON)).toEqual({
    kind: "answered",
    status: 204,
  });
  expect(bodies).toEqual(['{"a":1}']);
  expect(dialled).toEqual([PUBLIC]);
});

test.each([
  ["127.0.0.1"],
  ["::1"],
  ["::ffff:127.0.0.1"],
  ["10.1.2.3"],
  ["169.254.169.254"],
  ["fdaa::3"],
  [PUBLIC, "127.0.0.1"],
  ["2606:4700::1", "fd00::1"],
])("a name that leads to %s is refused before anything is opened", async (...addresses) => {
  const { bodies, dialled, dial } = await startReceiver((_request, response) => response.end());
  const post = createPostWebhook({ resolve: leadsTo(...addresses), dial });
  expect(await post(url, {}, "{}", GO_ON)).toEqual({ kind: "failed", code: "address_refused" });
  expect([bodies, dialled]).toEqual([[], []]);
});

test("a name whose answer changes is looked up once per attempt, so that rebinding gains nothing", async () => {
  const { dialled, dial } = await startReceiver((_request, response) => response.end());
  const answers = [[PUBLIC], ["127.0.0.1"]];
  let asked = 0;
  const post = createPostWebhook({ resolve: () => Promise.resolve(answers[asked++]!), dial });
  expect(await post(url, {}, "{}", GO_ON)).toMatchObject({ status: 200 });
  expect([asked, dialled]).toEqual([1, [PUBLIC]]);
  expect(await post(url, {}, "{}", GO_ON)).toMatchObject({ code: "address_refused" });
  expect([asked, dialled]).toEqual([2, [PUBLIC]]);
});

test("a redirect is an answer, not a way", async () => {
  const { bodies, dial } = await startReceiver((_request, response) =>
    response.writeHead(307, { location: "https://127.0.0.1/steal" }).end(),
  );
  const post = createPostWebhook({ resolve: leadsTo(PUBLIC), dial });
  expect(await post(url, {}, "{}", GO_ON)).toEqual({ kind: "answered", status: 307 });
  expect(bodies).toHaveLength(1);
});

test("a certificate for another name is refused", async () => {
  const { bodies, dial } = await startReceiver((_request, response) => response.end());
  const post = createPostWebhook({ resolve: leadsTo(PUBLIC), dial });
  expect(await post(new URL("https://other.example.com/"), {}, "{}", GO_ON)).toEqual({
    kind: "failed",
    code: "unreachable",
  });
  expect(bodies).toEqual([]);
});

test("an endless answer is not read", async () => {
  const { dial } = await startReceiver((_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("x".repeat(65_536)), 1);
    response.on("close", () => clearInterval(timer));
  });
  const post = createPostWebhook({ resolve: leadsTo(PUBLIC), dial });
  expect(await post(url, {}, "{}", GO_ON)).toEqual({ kind: "answered", status: 200 });
});

test(
  "a receiver that never answers, and a name that never resolves, are given up after ten seconds",
  { timeout: 30_000 },
  async () => {
    const { dial } = await startReceiver(() => undefined);
    const silent = createPostWebhook({ resolve: leadsTo(PUBLIC), dial });
    const unresolved = createPostWebhook({ resolve: () => new Promise(() => undefined), dial });
    const started = performance.now();
    expect(await Promise.all([silent(url, {}, "{}", GO_ON), unresolved(url, {}, "{}", GO_ON)])).toEqual([
      { kind: "failed", code: "timeout" },
      { kind: "failed", code: "timeout" },
    ]);
    expect(performance.now() - started).toBeLessThan(15_000);
  },
);

test("an uninstall in the middle ends the attempt", async () => {
  const { dial } = await startReceiver(() => undefined);
  const controller = new AbortController();
  const post = createPostWebhook({ resolve: leadsTo(PUBLIC), dial });
  const posting = post(url, {}, "{}", controller.signal);
  controller.abort(new Error("stopped"));
  await expect(posting).rejects.toThrow();
});
