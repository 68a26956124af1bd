import { createHmac } from "node:crypto";

import { expect, test } from "vitest";

import { createTokenCheck, urlToken } from "#app/platform/installs/url-token.server.ts";

const SECRETS = ["n".repeat(32), "o".repeat(32)] as const;

test("a token is the base64url HMAC of its purpose under the secret", () => {
  for (const [purpose, message] of [
    ["callback", "tidemark/callback/v1"],
    ["launch", "tidemark/launch/v1"],
  ] as const) {
    expect(urlToken(purpose, SECRETS[0])).toBe(
      createHmac("sha256", SECRETS[0]).update(message).digest("base64url"),
    );
  }
});

test("every accepted secret opens, and the check tells which", () => {
  const check = createTokenCheck("callback", SECRETS);
  expect(check(urlToken("callback", SECRETS[0]))).toBe(0);
  expect(check(urlToken("callback", SECRETS[1]))).toBe(1);
});

test("a secret that was taken out opens nothing any more", () => {
  expect(createTokenCheck("callback", [SECRETS[0]])(urlToken("callback", SECRETS[1]))).toBeUndefined();
});

test("the token of one URL does not open the other", () => {
  expect(createTokenCheck("launch", SECRETS)(urlToken("callback", SECRETS[0]))).toBeUndefined();
  expect(createTokenCheck("callback", SECRETS)(urlToken("launch", SECRETS[0]))).toBeUndefined();
});

test("tokens that are cut, extended, of another case, empty or of odd characters open nothing", () => {
  const check = createTokenCheck("callback", SECRETS);
  const token = urlToken("callback", SECRETS[0]);
  const swapped = token.replace(/[a-z]/, (letter) => letter.toUpperCase());
  for (const wrong of [
    "",
    token.slice(1),
    token.slice(0, -1),
    `${token}A`,
    `${token}=`,
    swapped,
    "x".repeat(100_000),
    "\u0000",
    "é",
    "\ud800",
    "undefined",
  ]) {
    expect(check(wrong)).toBeUndefined();
  }
});
