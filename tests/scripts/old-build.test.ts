import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import "#tests/support/built-app.ts";
import { copyProject } from "#tests/support/copy-project.ts";

test("a callback that was broken after the build fails its tests", () => {
  const folder = copyProject({ build: true });
  const source = join(folder, "app/platform/routes/callback.ts");
  const broken = readFileSync(source, "utf8").replace("return { ok: true, outcome };", "return {};");
  expect(broken).toContain("return {};");
  writeFileSync(source, broken);
  const { status, stdout, stderr } = spawnSync(
    "node_modules/.bin/vitest",
    ["run", "tests/http/callback.test.ts", "--testNamePattern", "is answered 200"],
    { cwd: folder, encoding: "utf8" },
  );
  expect(status).toBe(1);
  expect(stderr).toContain("Building …");
  expect(stdout).toMatch(/1 failed/);
}, 240_000);
