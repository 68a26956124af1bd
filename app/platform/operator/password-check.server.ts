import { verify } from "@node-rs/argon2";

import { createAttemptRate } from "./attempt-rate.server.ts";

/** `later`: it was not even looked at; it may be tried again after so many seconds. */
export type PasswordVerdict = { kind: "right" } | { kind: "wrong" } | { kind: "later"; seconds: number };

export type PasswordCheck = {
  check: (password: string, address: string) => Promise<PasswordVerdict>;
};

/** One verification at a time takes 32 MiB and a fraction of a second; a crowd of them would take the machine. */
const MAX_WAITING = 4;

/** Checks the operator's password against its argon2id hash, at a price that whoever finds the page cannot raise. */
export function createPasswordCheck(hash: string, rate = createAttemptRate()): PasswordCheck {
  let last: Promise<unknown> = Promise.resolve();
  let unfinished = 0;
  return {
    async check(password, address) {
      if (unfinished > MAX_WAITING) return { kind: "later", seconds: 1 };
      const wait = rate.begin(address);
      if (wait > 0) return { kind: "later", seconds: Math.ceil(wait / 1000) };
      unfinished += 1;
      const verdict = last.then(() => verify(hash, password)).finally(() => (unfinished -= 1));
      last = verdict.catch(() => undefined);
      return { kind: (await verdict) ? "right" : "wrong" };
    },
  };
}
