import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";

import { app } from "#app/app.ts";
import { takeSnapshot } from "#db/snapshot.server.ts";

/** Backups are named by when they began, so that their names sort by age. */
const NAME = new RegExp(`^${app.slug}-\\d{8}T\\d{6}Z\\.db$`);

export function backupName(at: number): string {
  return `${app.slug}-${new Date(at).toISOString().replace(/[:-]|\.\d{3}/g, "")}.db`;
}

export function isBackupName(name: string): boolean {
  return NAME.test(name);
}

/** Copies the database into `file` and its checksum into `file.sha256`, in the format of sha256sum. */
export async function writeBackup(
  database: string,
  file: string,
  onProgress?: (done: number, total: number) => void,
): Promise<{ bytes: number; sha256: string }> {
  await takeSnapshot(database, file, onProgress);
  const sha256 = await hashFile(file);
  await writeFile(checksumFile(file), `${sha256}  ${basename(file)}\n`);
  return { bytes: (await stat(file)).size, sha256 };
}

/** @throws when the checksum beside the file is not the file's; false when there is none beside it. */
export async function checkChecksum(file: string): Promise<boolean> {
  if (!existsSync(checksumFile(file))) return false;
  const expected = (await readFile(checksumFile(file), "utf8")).slice(0, 64);
  if ((await hashFile(file)) !== expected)
    throw new Error(`${file} is not what was backed up: its checksum differs.`);
  return true;
}

export function checksumFile(file: string): string {
  return `${file}.sha256`;
}

export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
