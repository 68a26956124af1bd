import { expect, test } from "vitest";

import { createAttemptRate } from "#app/platform/operator/attempt-rate.server.ts";
import { createPasswordCheck } from "#app/platform/operator/password-check.server.ts";
import { OPERATOR_PASSWORD, operatorHash } from "#tests/support/operator-password.ts";

const anyRate = () => createAttemptRate({ perAddress: 1e9, overall: 1e9 });

test("the right password is right and every other is wrong", async () => {
  const { check } = createPasswordCheck(operatorHash());
  expect(await check(OPERATOR_PASSWORD, "192.0.2.1")).toEqual({ kind: "right" });
  for (const password of ["", ` ${OPERATOR_PASSWORD}`, OPERATOR_PASSWORD.toUpperCase()])
    expect(await check(password, "192.0.2.1")).toEqual({ kind: "wrong" });
});

test("of a thousand at once one is verified and four wait; the others are told to come back", async () => {
  const { check } = createPasswordCheck(operatorHash(), anyRate());
  const verdicts = await Promise.all(
    Array.from({ length: 1000 }, (_, host) => check(OPERATOR_PASSWORD, `192.0.2.${host}`)),
  );
  expect(verdicts.filter(({ kind }) => kind === "right")).toHaveLength(5);
  expect(verdicts.filter(({ kind }) => kind === "later")).toHaveLength(995);
  expect(await check(OPERATOR_PASSWORD, "192.0.2.1")).toEqual({ kind: "right" });
});

test("a verification that fails does not stop the next", async () => {
  const { check } = createPasswordCheck("$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA", anyRate());
  await expect(check("x", "192.0.2.1")).rejects.toThrow();
  await expect(check("x", "192.0.2.1")).rejects.toThrow();
});
