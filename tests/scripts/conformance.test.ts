import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test, vi } from "vitest";

import { runScript } from "#tests/support/run-script.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

vi.setConfig({ testTimeout: 60_000 });

test("conformance takes its target from .env", async () => {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, ".env"), "CONFORMANCE_URL=http://127.0.0.1:9\nCONFORMANCE_INSTANCE=inst_1\n");
  expect(await runScript("conformance", [], { cwd, env: {} })).toEqual({
    code: 2,
    out: "",
    err: "CONFORMANCE_URL needs CONFORMANCE_KEY and CONFORMANCE_INSTANCE beside it\n",
  });
});
