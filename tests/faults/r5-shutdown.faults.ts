import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";

import { expect, test } from "vitest";

import { installBody } from "#tests/support/blnk-payloads.ts";
import { CLOUD_FAULTS, startFaultyServer } from "#tests/support/cloud-faults.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";
import { type ServerProcess, startServerProcess } from "#tests/support/start-server-process.ts";

import { report } from "#tests/support/report.ts";

const ROUNDS = 20;
const IN_FLIGHT = 50;

test(`R5: told to stop ${ROUNDS} times with ${IN_FLIGHT} requests under way, the app answers each of them and ends well`, async () => {
  let dropped = 0;
  let slowestMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { server, whole } = await startWithRequestsUnderWay();
    const began = performance.now();
    process.kill(server.pid, "SIGTERM");
    dropped += IN_FLIGHT - (await whole);
    expect(await server.ended).toBe(0);
    slowestMs = Math.max(slowestMs, performance.now() - began);
  }
  report(
    "R5",
    `${dropped} of ${ROUNDS * IN_FLIGHT} dropped, ended within ${Math.round(slowestMs)} ms`,
    "0, < 10000 ms",
  );
  expect(dropped).toBe(0);
  expect(slowestMs).toBeLessThan(10_000);
}, 600_000);

test("R5: a server that is killed instead drops them, and is found out", async () => {
  const { server, whole } = await startWithRequestsUnderWay();
  process.kill(server.pid, "SIGKILL");
  const dropped = IN_FLIGHT - (await whole);
  report("R5 control", `${dropped} of ${IN_FLIGHT} dropped`, "> 0");
  expect(dropped).toBeGreaterThan(0);
}, 60_000);

test("R5: once it was told to stop, the app takes no new connection", async () => {
  const server = await startServerProcess(temporaryDirectory());
  process.kill(server.pid, "SIGTERM");
  expect(await server.ended).toBe(0);
  const refused = await new Promise((resolve) => {
    connect(Number(new URL(server.origin).port), "127.0.0.1")
      .on("error", () => resolve(true))
      .on("connect", () => resolve(false));
  });
  expect(refused).toBe(true);
}, 60_000);

/** Connections to the server that it has not accepted, or has not read all of. */
function countWaiting({ origin }: ServerProcess): number {
  const port = Number(new URL(origin).port).toString(16).toUpperCase().padStart(4, "0");
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${port}`) && state === ESTABLISHED)
    .filter(([, , , , queues, , , , , inode]) => inode === "0" || !queues?.endsWith(":00000000")).length;
}

const ESTABLISHED = "01";

/** Callbacks whose bodies have arrived in part, and pages that wait for a Cloud that hangs; `whole` of them are answered. */
async function startWithRequestsUnderWay() {
  const { url, requestCount } = await startFaultyServer(CLOUD_FAULTS.find(({ name }) => name === "hang")!);
  const server = await startServerProcess(temporaryDirectory(), { BLNK_API_URL: url });
  await server.install();
  const session = await server.enter();
  const agent = new Agent({ keepAlive: true });
  const answers = Array.from({ length: IN_FLIGHT }, (_, index) =>
    index % 10 === 0 ? openPage(server, agent, session) : sendCallback(server, agent, `late_${index}`),
  );
  // A page waits for Cloud, and the server has taken in all that was sent.
  await expect.poll(requestCount, { timeout: 30_000 }).toBeGreaterThan(1);
  await expect.poll(() => countWaiting(server), { timeout: 30_000 }).toBe(0);
  return { server, whole: Promise.all(answers).then((whole) => whole.filter(Boolean).length) };
}

async function openPage(server: ServerProcess, agent: Agent, session: { page: string; cookie: string }) {
  const { status, text } = await ask(server, agent, `${session.page}/balances`, { cookie: session.cookie });
  return (
    status === 200 && /Blnk Cloud (cannot be reached|did not answer)/.test(text) && text.endsWith("</html>")
  );
}

/** Half of its body now, the rest once the server has been told to stop. */
async function sendCallback(server: ServerProcess, agent: Agent, id: string) {
  const body = JSON.stringify(installBody({ installed_app_id: id, instance_id: `inst_${id}` }));
  const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  const { status } = await ask(server, agent, server.paths.callback, headers, body);
  return status === 200;
}

function ask(
  server: ServerProcess,
  agent: Agent,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status?: number | undefined; text: string }> {
  return new Promise((resolve) => {
    const dropped = () => resolve({ text: "" });
    const method = body === undefined ? "GET" : "POST";
    const sent = request(server.origin + path, { method, agent, headers }, (answer) => {
      let text = "";
      answer
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => resolve({ status: answer.statusCode, text }))
        .on("error", dropped);
    });
    sent.on("error", dropped);
    if (body === undefined) sent.end();
    else {
      sent.write(body.slice(0, 40));
      setTimeout(() => sent.end(body.slice(40)), 600);
    }
  });
}
