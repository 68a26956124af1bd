import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { startServerProcess } from "#tests/support/start-server-process.ts";
import { temporaryDirectory } from "#tests/support/start-app.ts";
import { expectToWithstand } from "#tests/support/storage-fault.ts";

const SHIM = new URL("failing-disk.c", import.meta.url).pathname;

/** Needs a C compiler: no machine without privileges has a disk that fails on demand. */
function buildFailingDisk(directory: string) {
  const library = join(directory, "failing-disk.so");
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"]);
  const faultFile = join(directory, "fault");
  const set = (word: string) => writeFileSync(faultFile, word);
  set("");
  return { env: { LD_PRELOAD: library, FAULT_FILE: faultFile }, set };
}

test.each(["ENOSPC", "EIO", "EROFS"])(
  "%s while running: nothing is acknowledged, reads live on, and it recovers without a restart",
  async (fault) => {
    const directory = temporaryDirectory();
    const disk = buildFailingDisk(directory);
    const server = await startServerProcess(directory, disk.env);
    await expectToWithstand(server, join(directory, "tidemark.db"), {
      begin: () => disk.set(fault),
      end: () => disk.set(""),
    });
    expect(server.output()).not.toContain("unexpected_error");
  },
  120_000,
);
