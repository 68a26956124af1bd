import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

export const PUBLIC_URL = "https://tidemark.example.com";

/** A complete, fresh environment; `env` adds to it or replaces. */
export function testEnvironment(
  directory: string,
  env: Record<string, string | undefined> = {},
): Record<string, string | undefined> {
  return {
    PUBLIC_URL,
    PORT: "0",
    HOST: "127.0.0.1",
    DATABASE_URL: `file:${join(directory, "tidemark.db")}`,
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    URL_SECRETS: randomBytes(32).toString("base64url"),
    LOG_LEVEL: "silent",
    ...env,
  };
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "tidemark-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
