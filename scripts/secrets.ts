import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { hash } from "@node-rs/argon2";

import { freshSecrets } from "./fresh-secrets.ts";
import { readNewPassword } from "./read-password.ts";
import { runCommand } from "./run-command.ts";

/**
 * `npm run secrets` prints a fresh encryption key and URL secret; with `--operator-password` the hash of a password that
 * it asks for instead. `--write` stores them in .env, which only its owner may read; `--fly` prints the command that
 * sets them on Fly. Only a password's hash is ever replaced there: nothing stored depends on it.
 */
await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      write: { type: "boolean", default: false },
      fly: { type: "boolean", default: false },
      "operator-password": { type: "boolean", default: false },
    },
  });
  const secrets: Record<string, string> = values["operator-password"]
    ? { OPERATOR_PASSWORD_HASH: await hashPassword(await readNewPassword()) }
    : freshSecrets(new Date());
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
  if (values.write) writeToDotEnv(".env", secrets, { replace: values["operator-password"] });
  else console.log(values.fly ? `fly secrets set ${lines.join(" ")}` : lines.join("\n"));
});

/** Costs what the log-in page can afford to pay for anybody; coded, since compose files and shells mangle its `$`. */
async function hashPassword(password: string): Promise<string> {
  const phc = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  return `b64:${Buffer.from(phc, "utf8").toString("base64")}`;
}

function writeToDotEnv(
  file: string,
  secrets: Record<string, string>,
  { replace }: { replace: boolean },
): void {
  const names = Object.keys(secrets);
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const taken = names.filter((name) =>
    lines.some((line) => new RegExp(`^\\s*${name}\\s*=\\s*\\S`).test(line)),
  );
  if (taken.length > 0 && !replace)
    throw new Error(
      `${file} already sets ${taken.join(" and ")}; nothing was changed. Replacing a key makes what it sealed unreadable.`,
    );
  const kept = lines.filter((line) => !names.some((name) => line.startsWith(`${name}=`)));
  while (kept.at(-1) === "") kept.pop();
  const added = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, `${[...kept, ...added].join("\n")}\n`, { mode: 0o600 });
  // The mode above counts only where the file is new.
  chmodSync(file, 0o600);
  console.log(`Wrote ${names.join(" and ")} to ${file}.`);
}
