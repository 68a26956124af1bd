import { createDecipheriv, randomBytes } from "node:crypto";

import fc from "fast-check";
import { expect, test } from "vitest";

import { createSealer } from "#app/platform/installs/sealer.server.ts";

const OWNER = { installed_app_id: "instapp_1", app_id: "app_1", instance_id: "inst_1" };
const key = (id: string) => ({ id, key: randomBytes(32) });
const K1 = key("k1");
const K2 = key("k2");

/** The bytes of a box, however they are coded. */
const payloadOf = (text: string) =>
  text
    .split(".")
    .slice(2)
    .map((part) => Buffer.from(part, "base64url").toString("hex"))
    .join();

test("a secret of any characters comes back as it was", () => {
  const sealer = createSealer([K1]);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (secret) => {
      expect(sealer.open("api_key", OWNER, sealer.seal("api_key", OWNER, secret))).toBe(secret);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("a box is v1, key id, nonce, ciphertext and tag, and holds nothing of the secret", () => {
  const box = createSealer([K1]).seal("api_key", OWNER, "blnk_secret");
  expect(box).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
  expect(box).not.toContain("blnk_secret");
  expect(box).not.toContain(Buffer.from("blnk_secret").toString("base64url"));
});

test("a box opens with plain AES-256-GCM and the associated data of the design", () => {
  const [, , nonce, ciphertext, tag] = createSealer([K1]).seal("api_key", OWNER, "blnk_secret").split(".");
  const decipher = createDecipheriv("aes-256-gcm", K1.key, Buffer.from(nonce!, "base64url"));
  decipher.setAAD(
    Buffer.from(JSON.stringify(["tidemark/box/v1", "api_key", "instapp_1", "app_1", "inst_1", "k1"]), "utf8"),
  );
  decipher.setAuthTag(Buffer.from(tag!, "base64url"));
  expect(
    decipher.update(Buffer.from(ciphertext!, "base64url"), undefined, "utf8") + decipher.final("utf8"),
  ).toBe("blnk_secret");
});

test("sealing twice never uses a nonce again", () => {
  const sealer = createSealer([K1]);
  const nonces = Array.from({ length: 500 }, () => sealer.seal("api_key", OWNER, "x").split(".")[2]);
  expect(new Set(nonces).size).toBe(500);
});

test("the first key seals and every key opens", () => {
  const old = createSealer([K1]).seal("api_key", OWNER, "old secret");
  const sealer = createSealer([K2, K1]);
  expect(sealer.seal("api_key", OWNER, "x")).toMatch(/^v1\.k2\./);
  expect(sealer.open("api_key", OWNER, old)).toBe("old secret");
});

test.each([
  ["another install", { ...OWNER, installed_app_id: "instapp_2" }],
  ["another app", { ...OWNER, app_id: "app_2" }],
  ["another instance", { ...OWNER, instance_id: "inst_2" }],
  [
    "ids that only join to the same text",
    { installed_app_id: "instapp_1app_1", app_id: "", instance_id: "inst_1" },
  ],
])("a box does not open for %s", (_name, owner) => {
  const sealer = createSealer([K1]);
  const box = sealer.seal("api_key", OWNER, "x");
  expect(() => sealer.open("api_key", owner, box)).toThrow(
    expect.objectContaining({ code: "sealed_wrongly" }),
  );
});

test("a box does not open for another purpose", () => {
  const sealer = createSealer([K1]);
  const box = sealer.seal("webhook_secret", OWNER, "x");
  expect(sealer.open("webhook_secret", OWNER, box)).toBe("x");
  for (const purpose of ["api_key", "webhook_url"] as const) {
    expect(() => sealer.open(purpose, OWNER, box)).toThrow(
      expect.objectContaining({ code: "sealed_wrongly" }),
    );
  }
});

test("a box of a key that is not at hand names the key id and nothing secret", () => {
  const box = createSealer([K1]).seal("api_key", OWNER, "blnk_secret");
  expect(() => createSealer([K2]).open("api_key", OWNER, box)).toThrow(
    expect.objectContaining({
      code: "unknown_key_id",
      message: expect.stringMatching(/"k1".*ENCRYPTION_KEYS/) as string,
    }),
  );
});

test("a key under the same id that is another key does not open, and is named", () => {
  const box = createSealer([K1]).seal("api_key", OWNER, "blnk_secret");
  expect(() => createSealer([{ id: "k1", key: randomBytes(32) }]).open("api_key", OWNER, box)).toThrow(
    expect.objectContaining({ code: "sealed_wrongly", message: expect.stringContaining('"k1"') as string }),
  );
});

test("a box whose key id was rewritten does not open", () => {
  const sealer = createSealer([K1, { id: "k9", key: K1.key }]);
  const box = sealer.seal("api_key", OWNER, "x").replace("v1.k1.", "v1.k9.");
  expect(() => sealer.open("api_key", OWNER, box)).toThrow(
    expect.objectContaining({ code: "sealed_wrongly" }),
  );
});

test("a box with any character changed, cut or added does not open", () => {
  const sealer = createSealer([K1]);
  const box = sealer.seal("api_key", OWNER, "blnk_secret_of_some_length");
  const flipped = (index: number) =>
    box.slice(0, index) + (box[index] === "A" ? "B" : "A") + box.slice(index + 1);
  const payload = box.indexOf(".", 3) + 1;
  for (let index = payload; index < box.length; index += 1) {
    // The last character of a part carries unused bits: some changes leave the bytes as they were.
    if (box[index] === "." || payloadOf(flipped(index)) === payloadOf(box)) continue;
    expect(() => sealer.open("api_key", OWNER, flipped(index))).toThrow(
      expect.objectContaining({ code: "sealed_wrongly" }),
    );
  }
  for (const wrong of [
    "",
    "v1",
    "v2" + box.slice(2),
    box + ".x",
    box.slice(0, -8),
    box.split(".").slice(0, 4).join("."),
    "v1.k1...",
    "v1.k1.AAAA.AAAA.AAAA",
  ]) {
    expect(() => sealer.open("api_key", OWNER, wrong)).toThrow(
      expect.objectContaining({ code: "sealed_wrongly" }),
    );
  }
});

test("a shortened tag is refused", () => {
  const sealer = createSealer([K1]);
  const parts = sealer.seal("api_key", OWNER, "x").split(".");
  const tag = Buffer.from(parts[4]!, "base64url").subarray(0, 4).toString("base64url");
  expect(() => sealer.open("api_key", OWNER, [...parts.slice(0, 4), tag].join("."))).toThrow(
    expect.objectContaining({ code: "sealed_wrongly" }),
  );
});
