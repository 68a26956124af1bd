import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { freshSecrets } from "./fresh-secrets.ts";

/** `npm run secrets` prints fresh secrets; with `--write` it stores them in .env, which only its owner may read. */
const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const secrets = freshSecrets(new Date());

if (values.write) writeToDotEnv(".env");
else for (const [name, value] of Object.entries(secrets)) console.log(`${name}=${value}`);

function writeToDotEnv(file: string): void {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const taken = Object.keys(secrets).filter((name) =>
    lines.some((line) => new RegExp(`^\\s*${name}\\s*=\\s*\\S`).test(line)),
  );
  if (taken.length > 0) {
    console.error(
      `${file} already sets ${taken.join(" and ")}; nothing was changed. Replacing a key makes what it sealed unreadable.`,
    );
    process.exit(1);
  }
  const kept = lines.filter((line) => !Object.keys(secrets).some((name) => line.startsWith(`${name}=`)));
  while (kept.at(-1) === "") kept.pop();
  const added = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, `${[...kept, ...added].join("\n")}\n`, { mode: 0o600 });
  console.log(`Wrote ${Object.keys(secrets).join(" and ")} to ${file}.`);
}
