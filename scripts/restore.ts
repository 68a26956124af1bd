import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { hooks } from "#app/app.server.ts";
import { checksumFile, isBackupName } from "#app/platform/backups/backup-file.server.ts";
import { type Bucket, openBucket } from "#app/platform/backups/bucket.server.ts";
import { restoreBackup } from "#app/platform/backups/restore-backup.server.ts";
import { readEnvPart } from "#app/platform/http/env.server.ts";
import { createSealer } from "#app/platform/installs/sealer.server.ts";
import { databaseFile } from "#db/database.server.ts";

import { runCommand } from "./run-command.ts";
import { tellProgress } from "./tell-progress.ts";

/**
 * `npm run restore -- --from FILE` (or `bucket:NAME`, `bucket:latest`): puts a backup in the place of the database that
 * DATABASE_URL names, while no server runs.
 */
await runCommand(async () => {
  const { values } = parseArgs({ options: { from: { type: "string" } } });
  if (!values.from)
    throw new Error("Say from where: npm run restore -- --from FILE, or --from bucket:latest");
  const env = readEnvPart(process.env, [
    "DATABASE_URL",
    "ENCRYPTION_KEYS",
    "BUCKET_NAME",
    "AWS_ENDPOINT_URL_S3",
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
  ]);
  const folder = mkdtempSync(join(tmpdir(), "restore-"));
  try {
    const wanted = /^bucket:(.+)$/.exec(values.from)?.[1];
    const backup = wanted ? await download(openBucket(env), wanted, folder) : resolve(values.from);
    const { installs, replaced, checksum } = await restoreBackup(
      { sealer: createSealer(env.ENCRYPTION_KEYS), hooks },
      { backup, database: databaseFile(env.DATABASE_URL) },
      { now: Date.now(), onProgress: tellProgress("restored") },
    );
    console.log(`Restored ${values.from} (checksum: ${checksum}) with ${installs} active installs.`);
    if (replaced) console.log(`What was there before is ${replaced}. Delete it once all is well.`);
    console.log("Sessions have ended, and each key is proven anew when the server starts.");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function download(bucket: Bucket | undefined, wanted: string, folder: string): Promise<string> {
  if (!bucket)
    throw new Error("There is no bucket to restore from: BUCKET_NAME and the AWS_ variables name it.");
  const names = (await bucket.list()).filter(isBackupName);
  const name = wanted === "latest" ? names.at(-1) : names.find((one) => one === wanted);
  if (!name) throw new Error(`The bucket holds ${names.length} backups, and not that one.`);
  console.error(`Fetching ${name} …`);
  const file = join(folder, name);
  await bucket.get(name, file);
  await bucket.get(checksumFile(name), checksumFile(file));
  return file;
}
