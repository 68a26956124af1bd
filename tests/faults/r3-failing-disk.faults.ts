import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { startServerProcess } from "#tests/support/start-server-process.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";
import { expectToWithstand } from "#tests/support/storage-fault.ts";

import { buildShim, hasCompiler, needsCompiler } from "./disk/build-shim.ts";
import { report } from "#tests/support/report.ts";

function prepareFailingDisk(directory: string) {
  const faultFile = join(directory, "fault");
  const set = (word: string) => writeFileSync(faultFile, word);
  set("");
  return { env: { LD_PRELOAD: buildShim("failing-disk", directory), FAULT_FILE: faultFile }, set };
}

test.runIf(hasCompiler).each(["ENOSPC", "EIO", "EROFS"])(
  needsCompiler("R3: %s while running: nothing is acknowledged, reads live on, and it recovers by itself"),
  async (fault) => {
    const directory = temporaryDirectory();
    const disk = prepareFailingDisk(directory);
    const server = await startServerProcess(directory, disk.env);
    await expectToWithstand(server, join(directory, "tidemark.db"), {
      begin: () => disk.set(fault),
      end: () => disk.set(""),
    });
    expect(server.output()).not.toContain("unexpected_error");
    report(`R3 ${fault}`, "503, reads live on, recovered without a restart", "the same");
  },
  120_000,
);

test.runIf(hasCompiler)(
  needsCompiler("R3: a disk that does not fail is found out"),
  async () => {
    const directory = temporaryDirectory();
    const server = await startServerProcess(directory, prepareFailingDisk(directory).env);
    const nothing = () => undefined;
    const withstood = expectToWithstand(server, join(directory, "tidemark.db"), {
      begin: nothing,
      end: nothing,
    });
    await expect(withstood).rejects.toThrow("expected 200 to be 503");
    report("R3 control", "events acknowledged", "the same");
  },
  120_000,
);
