import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { writeBackup } from "#app/platform/backups/backup-file.server.ts";
import { readEnvPart } from "#app/platform/http/env.server.ts";
import { databaseFile } from "#db/database.server.ts";
import { verifySnapshot } from "#db/snapshot.server.ts";

import { runCommand } from "./run-command.ts";
import { tellProgress } from "./tell-progress.ts";

/** `npm run backup -- --out FILE`: a whole, verified copy of the database, beside a running server or without one. */
await runCommand(async () => {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  if (!values.out) throw new Error("Say where to: npm run backup -- --out FILE");
  const out = resolve(values.out);
  if (existsSync(out)) throw new Error(`${out} is there already; nothing was written.`);
  const database = databaseFile(readEnvPart(process.env, ["DATABASE_URL"]).DATABASE_URL);
  if (!existsSync(database)) throw new Error(`There is no database at ${database}. DATABASE_URL names it.`);
  const { bytes, sha256 } = await writeBackup(database, out, tellProgress("copied"));
  await verifySnapshot(out).catch((error: unknown) => {
    rmSync(out);
    throw error;
  });
  console.log(`${out}: ${bytes} bytes, verified, SHA-256 ${sha256} (also in ${out}.sha256).`);
  console.log(
    "ENCRYPTION_KEYS are not in it: without them its API keys cannot be read. Keep a copy elsewhere.",
  );
});
