import { randomBytes } from "node:crypto";

import { describe, expect, test } from "vitest";

import { urlToken } from "#app/platform/installs/url-token.server.ts";
import { API_KEY, installBody, OTHER_API_KEY, uninstallBody } from "#tests/support/blnk-payloads.ts";
import { rawRequest } from "#tests/support/raw-request.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";

const installs = (app: TestApp) =>
  app.rows<{ state: string; generation: number }>("select state, generation from installs");
const countRows = (app: TestApp) =>
  app.rows<{ n: number }>(
    "select (select count(*) from installs) + (select count(*) from received_events) as n",
  )[0]!.n;

const headersOf = (response: Response) =>
  [...response.headers].filter(([name]) => !["date", "x-request-id"].includes(name));

describe("what Blnk sends", () => {
  test("an install is answered 200 and stored before the answer, and a repetition is 200, too", async () => {
    const app = await startApp();
    const first = await app.install();
    expect(first.status).toBe(200);
    expect(first.headers.get("content-type")).toContain("application/json");
    expect(await first.json()).toMatchObject({ ok: true });
    expect(installs(app)).toEqual([{ state: "active", generation: 1 }]);
    expect((await app.install()).status).toBe(200);
    expect(installs(app)).toEqual([{ state: "active", generation: 1 }]);
  });

  test("the older payload with organization_id, and fields that nobody knows, are taken", async () => {
    const app = await startApp();
    const older = { ...installBody(), organization_id: "org_1", extra: { deep: [[1]] } };
    expect((await app.callback({ ...older, api_key_prefix: undefined })).status).toBe(200);
    expect(app.rows("select organization_id from installs")).toEqual([{ organization_id: "org_1" }]);
    expect(
      (await app.callback({ ...uninstallBody(), organization_id: "org_1", uninstalled_at: undefined }))
        .status,
    ).toBe(200);
    expect(installs(app)).toEqual([{ state: "inactive", generation: 2 }]);
  });

  test("an uninstall of an unknown install is 200, so that it can be uninstalled at all", async () => {
    const app = await startApp();
    expect((await app.uninstall()).status).toBe(200);
    expect(app.rows("select outcome from received_events")).toEqual([{ outcome: "ignored" }]);
  });

  test.each([["app_id"], ["instance_id"]])(
    "another %s than the stored one is 409 and recorded",
    async (field) => {
      const app = await startApp();
      await app.install();
      for (const response of [
        await app.install({ [field]: "forged" }),
        await app.uninstall({ [field]: "forged" }),
      ]) {
        expect(response.status).toBe(409);
        expect(await response.json()).toMatchObject({
          error: { code: "mismatch", message: expect.stringContaining(field) as string, fields: [] },
        });
      }
      expect(installs(app)).toEqual([{ state: "active", generation: 1 }]);
      expect(app.rows("select outcome from received_events order by id")).toEqual([
        { outcome: "applied" },
        { outcome: "refused" },
        { outcome: "refused" },
      ]);
    },
  );

  test("another app_id than the pinned one is 409", async () => {
    const app = await startApp({ env: { BLNK_APP_ID: "app_pinned" } });
    expect((await app.install()).status).toBe(409);
    expect((await app.install({ app_id: "app_pinned" })).status).toBe(200);
  });

  test("a body without the right fields is 400, names each and repeats nothing", async () => {
    const app = await startApp();
    const response = await app.callback({
      ...installBody(),
      installed_app_id: "canary id",
      api_key: "canary key",
    });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({
      error: {
        code: "invalid_body",
        message: expect.any(String) as string,
        fields: [
          { path: "installed_app_id", message: "must be 1 to 128 letters, digits, _ or -" },
          { path: "api_key", message: "must be 1 to 512 visible ASCII characters" },
        ],
      },
    });
    expect(text).not.toContain("canary");
    expect(countRows(app)).toBe(0);
  });

  test("the address and the index of the secret are recorded with the event", async () => {
    const secrets = [randomBytes(32).toString("base64url"), randomBytes(32).toString("base64url")] as const;
    const app = await startApp({ env: { URL_SECRETS: secrets.join(",") } });
    const response = await app.post(`/api/callback/${urlToken("callback", secrets[1])}`, installBody(), {
      headers: {
        "x-forwarded-for": "203.0.113.1",
        "fly-client-ip": "203.0.113.2",
        forwarded: "for=203.0.113.3",
      },
    });
    expect(response.status).toBe(200);
    expect(app.rows("select source_address, secret_index from received_events")).toEqual([
      { source_address: "127.0.0.1", secret_index: 1 },
    ]);
  });

  test("on Fly the client's address is the one that Fly's proxy sets", async () => {
    const app = await startApp({ env: { TRUST_PROXY: "fly", FLY_MACHINE_ID: "e784" } });
    await app.callback(installBody(), {
      headers: { "fly-client-ip": "203.0.113.2", "x-forwarded-for": "203.0.113.1" },
    });
    expect(app.rows("select source_address from received_events")).toEqual([
      { source_address: "203.0.113.2" },
    ]);
  });
});

describe("methods", () => {
  test.each([
    ["GET", 200],
    ["HEAD", 200],
    ["OPTIONS", 204],
  ])("%s with a right token is a probe: %i, and nothing is stored", async (method, status) => {
    const app = await startApp();
    for (const path of Object.values(app.paths))
      expect((await app.request(path, { method })).status).toBe(status);
    expect(countRows(app)).toBe(0);
  });

  test.each(["PUT", "PATCH", "DELETE", "PROPFIND", "QUERY"])(
    "%s is 405 with Allow, and does nothing",
    async (method) => {
      const app = await startApp();
      for (const path of Object.values(app.paths)) {
        const response = await app.request(path, {
          method,
          body: JSON.stringify(installBody()),
          headers: { "content-type": "application/json" },
        });
        expect(response.status).toBe(405);
        expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS, POST");
        expect(await response.json()).toMatchObject({ error: { code: "method_not_allowed" } });
      }
      expect(countRows(app)).toBe(0);
    },
  );

  // `fetch` does not send it.
  test("TRACE is answered like those", async () => {
    const app = await startApp();
    for (const path of Object.values(app.paths)) {
      const response = await rawRequest(app.port, `TRACE ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS, POST"]);
    }
  });
});

describe("the secret URL", () => {
  test.each(["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PROPFIND", "QUERY"])(
    "%s with a wrong token cannot be told from an unknown path",
    async (method) => {
      const app = await startApp();
      const body = method === "POST" || method === "PUT" ? JSON.stringify(installBody()) : null;
      const ask = (path: string) =>
        app.request(path, { method, body, headers: { "content-type": "application/json" } });
      const unknown = await ask("/api/nothing/here");
      const unknownText = await unknown.text();
      expect(unknown.status).toBe(404);
      const token = app.paths.callback.split("/").at(-1)!;
      for (const wrong of [
        "x",
        token.slice(0, -1),
        `${token}A`,
        token.toLowerCase(),
        app.paths.launch.split("/").at(-1)!,
        "%00",
        encodeURIComponent(`${token}/`),
      ]) {
        const response = await ask(`/api/callback/${wrong}`);
        expect(response.status).toBe(404);
        expect(headersOf(response)).toEqual(headersOf(unknown));
        expect(await response.text()).toBe(unknownText);
      }
      expect(countRows(app)).toBe(0);
    },
  );

  test("nor can TRACE with one", async () => {
    const app = await startApp();
    const trace = (path: string) => rawRequest(app.port, `TRACE ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [unknown, wrong] = [await trace("/api/nothing/here"), await trace("/api/callback/x")];
    expect([unknown.status, wrong.status]).toEqual([404, 404]);
    expect(wrong.body).toBe(unknown.body);
  });

  test("a wrong token is answered before the body is read", async () => {
    const app = await startApp();
    const head =
      "POST /api/callback/wrong HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n";
    const response = await rawRequest(app.port, `${head}{`);
    expect(response.status).toBe(404);
  });

  test("neither URL opens the other", async () => {
    const app = await startApp();
    const [callback, launch] = [app.paths.callback.split("/").at(-1)!, app.paths.launch.split("/").at(-1)!];
    expect((await app.post(`/api/callback/${launch}`, installBody())).status).toBe(404);
    expect((await app.post(`/api/portal/${callback}`, installBody())).status).toBe(404);
  });

  test("an API key, an instance or a cookie is no substitute for the token", async () => {
    const app = await startApp();
    const response = await app.post("/api/callback/wrong", installBody(), {
      headers: { authorization: `Bearer ${API_KEY}`, cookie: "token=1", "x-blnk-signature": OTHER_API_KEY },
    });
    expect(response.status).toBe(404);
  });
});
