import { hashSync } from "@node-rs/argon2";

export const OPERATOR_PASSWORD = "correct horse battery staple";

/** Cheap to check, so that tests are not about waiting. */
export function operatorHash(): string {
  return hashSync(OPERATOR_PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
}
