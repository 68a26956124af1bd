import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { RouterContextProvider } from "react-router";
import { afterEach, describe, expect, test } from "vitest";

import { createTokenCheck, urlToken } from "#app/platform/installs/url-token.server.ts";
import { createMetrics } from "#app/platform/http/metrics.server.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { requestContext } from "#app/platform/http/request-context.server.ts";
import { createShortcut } from "#app/platform/http/shortcut.server.ts";
import * as callback from "#app/platform/routes/callback.ts";
import * as launch from "#app/platform/routes/launch.ts";

const SECRET = "a secret of this test, long enough for one";
const CALLBACK = `/api/callback/${urlToken("callback", SECRET)}`;
const UNINSTALL = JSON.stringify({
  installed_app_id: "instapp_1",
  app_id: "app_1",
  instance_id: "inst_1",
  idempotency_key: "uninstall:instapp_1",
});

let server: Server | undefined;
afterEach(() => server?.close());

/** The two routes alone; `write` stands for everything that a callback does. */
async function serve(write: () => Promise<unknown>) {
  const logged: object[] = [];
  const line = (fields: object) => void logged.push(fields);
  const app = {
    checkCallbackToken: createTokenCheck("callback", [SECRET]),
    checkLaunchToken: createTokenCheck("launch", [SECRET]),
    urlSecretUses: { record() {} },
    metrics: createMetrics(),
    log: { info: line, error: line },
    db: { write },
  };
  const routes = createShortcut(
    {
      routes: {
        "platform/routes/callback": { path: "api/callback/:urlToken", module: callback },
        "platform/routes/launch": { path: "api/portal/:urlToken", module: launch },
      },
    } as never,
    () => {
      const context = new RouterContextProvider();
      context.set(platformContext, app as never);
      context.set(requestContext, { id: "request-1", address: "203.0.113.1" });
      return context;
    },
    (_request, response) => response.writeHead(404).end(),
  );
  server = createServer((request, response) => {
    routes(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, logged };
}

const post = (url: string, body = UNINSTALL) =>
  fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body });

describe("an unexpected error", () => {
  test("is logged with whose event it was, and answered without a word of it", async () => {
    const bug = new Error("a bug that quotes a row");
    const { origin, logged } = await serve(async () => {
      throw bug;
    });
    const answer = await post(origin + CALLBACK);
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: { code: "unexpected", message: "This could not be done. Send it again.", fields: [] } },
    ]);
    expect(logged).toEqual([
      { event: "unexpected_error", request_id: "request-1", installed_app_id: "instapp_1", err: bug },
    ]);
  });
});

describe("a caller that goes", () => {
  test("aborts what it waited for, and nothing is logged of it", async () => {
    const waiting = Promise.withResolvers<AbortSignal>();
    const { origin, logged } = await serve(((_unit: unknown, { signal }: { signal: AbortSignal }) => {
      waiting.resolve(signal);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    }) as never);
    const caller = request(origin + CALLBACK, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
    }).on("error", () => {});
    caller.end(UNINSTALL);
    const signal = await waiting.promise;
    expect(signal.aborted).toBe(false);
    caller.destroy();
    if (!signal.aborted) await once(signal, "abort");
    await new Promise((resolve) => setImmediate(resolve));
    expect(logged).toEqual([]);
  });

  test("in the middle of its body has nothing done for it", async () => {
    let written = false;
    const { origin, logged } = await serve(async () => {
      written = true;
    });
    const caller = request(origin + CALLBACK, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Content-Length": "1000" },
    }).on("error", () => {});
    caller.write(UNINSTALL);
    const [connection] = (await once(server!, "connection")) as [NodeJS.EventEmitter];
    caller.destroy();
    await once(connection, "close");
    await new Promise((resolve) => setImmediate(resolve));
    expect([written, logged]).toEqual([false, []]);
  });
});

test("only the plain path of a secret URL is taken, and all else goes to the routes", async () => {
  const { origin } = await serve(async () => ({ outcome: "duplicate", reason: null }));
  const statuses = [];
  for (const path of [
    CALLBACK,
    `${CALLBACK}?a=b`,
    `${CALLBACK}/`,
    `${CALLBACK}/x`,
    `/x${CALLBACK}`,
    "/api/callback/",
  ])
    statuses.push((await post(origin + path)).status);
  expect(statuses).toEqual([200, 200, 404, 404, 404, 404]);
});
