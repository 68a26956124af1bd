import { gzipSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { installBody } from "#tests/support/blnk-payloads.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";

const LIMIT = 64 * 1024;

const text = JSON.stringify(installBody());
const bytes = (value: string) => new TextEncoder().encode(value);

/** A valid install of exactly so many bytes. */
function installOf(size: number): string {
  const body = JSON.stringify({ ...installBody(), padding: "" });
  return body.replace('"padding":""', `"padding":"${"x".repeat(size - body.length)}"`);
}

function inChunks(text: string): ReadableStream {
  const body = bytes(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < body.length; at += 1000) controller.enqueue(body.slice(at, at + 1000));
      controller.close();
    },
  });
}

const stored = (app: TestApp) => app.rows<{ n: number }>("select count(*) as n from received_events")[0]!.n;

describe("size", () => {
  test.each([
    [LIMIT - 1, 200],
    [LIMIT, 200],
    [LIMIT + 1, 413],
    [1024 * 1024, 413],
    [8 * 1024 * 1024, 413],
  ])("a body of %i bytes is answered %i", async (size, status) => {
    const app = await startApp();
    const response = await app.callback(installOf(size));
    expect(response.status).toBe(status);
    expect(stored(app)).toBe(status === 200 ? 1 : 0);
  });

  test("a body that does not say its size is cut at the limit", async () => {
    const app = await startApp();
    const send = (size: number) =>
      app.callback("", { body: inChunks(installOf(size)), duplex: "half" } as RequestInit);
    expect((await send(LIMIT + 1)).status).toBe(413);
    expect(stored(app)).toBe(0);
    expect((await send(LIMIT)).status).toBe(200);
  });

  test("multi-byte characters count as the bytes that they are", async () => {
    const app = await startApp();
    const body = JSON.stringify({ ...installBody(), padding: "é".repeat(LIMIT / 2) });
    expect(body.length).toBeLessThan(LIMIT);
    expect((await app.callback(body)).status).toBe(413);
  });
});

describe("type", () => {
  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON;charset=UTF-8",
    "application/json ; x=y",
  ])("%s is read", async (type) => {
    const app = await startApp();
    expect((await app.callback(text, { headers: { "content-type": type } })).status).toBe(200);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/json-patch+json",
    "application/problem+json",
    "text/json",
    "*/*",
    "",
  ])("%j is 415", async (type) => {
    const app = await startApp();
    expect((await app.callback(text, { headers: { "content-type": type } })).status).toBe(415);
    expect(stored(app)).toBe(0);
  });
});

const deep = (levels: number) => text.replace(/}$/, `,"x":${"[".repeat(levels)}${"]".repeat(levels)}}`);

describe("what is not JSON, or not ours", () => {
  test.each<[string, string | Uint8Array]>([
    ["nothing", ""],
    ["blanks", "  \n"],
    ["half of it", text.slice(0, -10)],
    ["a trailing comma", text.replace(/}$/, ",}")],
    ["a comment", `/* hi */${text}`],
    ["single quotes", text.replaceAll('"', "'")],
    ["two bodies", text + text],
    ["NaN", text.replace(/}$/, ',"x":NaN}')],
    ["a form", "installed_app_id=instapp_1"],
    ["XML", "<install/>"],
    ["JavaScript", "({})"],
    ["a raw NUL", text.replace("instapp_1", "inst\u0000app")],
    ["an escaped NUL in an id", text.replace('"instapp_1"', '"inst\\u0000app"')],
    ["an escaped NUL in the idempotency key", text.replace('"install:instapp_1"', '"install:\\u0000"')],
    ["a lone surrogate in the key", text.replace("first", "\\ud800")],
    ["bytes that are not UTF-8", Uint8Array.from([...bytes('{"a":"'), 0xff, 0xfe, ...bytes('"}')])],
    ["an overlong encoding", Uint8Array.from([...bytes('{"a":"'), 0xc0, 0xaf, ...bytes('"}')])],
    ["a surrogate in UTF-8", Uint8Array.from([...bytes('{"a":"'), 0xed, 0xa0, 0x80, ...bytes('"}')])],
    ["UTF-16", Buffer.from(text, "utf16le")],
    ["gzip", gzipSync(text)],
    ["32,000 levels", "[".repeat(32_000) + "]".repeat(32_000)],
    ["32,000 levels beside a good body", deep(30_000)],
    ["33 levels beside a good body", deep(32)],
    ["32,000 objects in each other", '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000)],
    ["null", "null"],
    ["a list", `[${text}]`],
    ["a string", JSON.stringify(text)],
    ["a number", "1e400"],
    ["no fields", "{}"],
    [
      "fields from the prototype only",
      JSON.stringify({ ["__proto__"]: installBody(), constructor: installBody() }).replace("{", '{"x":1,'),
    ],
    ["a string for the permissions", JSON.stringify(installBody({ granted_permissions: "data:read" }))],
    ["numbers for the ids", JSON.stringify(installBody({ app_id: 1 }))],
  ])("%s is 400 in our words and stores nothing", async (_name, body) => {
    const app = await startApp();
    const response = await app.callback(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: {
        code: expect.stringMatching(/^invalid_(json|body)$/) as string,
        fields: expect.any(Array) as unknown[],
      },
    });
    expect(stored(app)).toBe(0);
  });

  test("brackets inside strings do not count as depth, and 32 levels are still read", async () => {
    const app = await startApp();
    expect((await app.callback(JSON.stringify({ ...installBody(), x: '[{\\"'.repeat(1000) }))).status).toBe(
      200,
    );
    expect((await app.callback(deep(31))).status).toBe(200);
  });

  test("of a field that is given twice the last one counts, in the row, the fingerprint and the sealed key alike", async () => {
    const app = await startApp();
    const twice = text.replace(/}$/, ',"instance_id":"inst_last"}');
    expect((await app.callback(twice)).status).toBe(200);
    expect(
      app.rows("select instance_id from installs union select instance_id from received_events"),
    ).toEqual([{ instance_id: "inst_last" }]);
    expect((await app.install({ instance_id: "inst_last" })).status).toBe(200);
    expect(stored(app)).toBe(1);
  });

  test("a byte order mark before a good body is no reason to refuse it", async () => {
    const app = await startApp();
    expect((await app.callback(`\ufeff${text}`)).status).toBe(200);
  });
});
