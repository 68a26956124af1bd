import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import { temporaryDirectory } from "#tests/support/test-environment.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** The rules that the project's lint says a file breaks. */
function brokenRules(path: string, text: string): string[] {
  const directory = temporaryDirectory();
  cpSync(join(ROOT, ".oxlintrc.json"), join(directory, ".oxlintrc.json"));
  mkdirSync(join(directory, dirname(path)), { recursive: true });
  writeFileSync(join(directory, path), text);
  const lint = join(ROOT, "node_modules/oxlint/bin/oxlint");
  const { stdout } = spawnSync(process.execPath, [lint, "--format", "json", path], {
    cwd: directory,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] };
  return diagnostics.map(({ code }) => code);
}

const PARSER =
  'import { parseSubmission } from "@conform-to/react/future";\nexport const read = parseSubmission;\n';
const BYTES = 'import { readBytes } from "#app/json-body.server.ts";\nexport const read = readBytes;\n';
const FORM_DATA = "export const read = (request: Request) => request.formData();\n";
const READER = 'import { readForm } from "#app/read-form.server.ts";\nexport const read = readForm;\n';

test.each([
  ["app/portal/second-way.server.ts", PARSER, "no-restricted-imports"],
  ["app/ops/second-way.server.ts", PARSER, "no-restricted-imports"],
  ["app/routes/portal/second-way.ts", PARSER, "no-restricted-imports"],
  ["app/routes/ops/second-way.ts", BYTES, "no-restricted-imports"],
  ["app/routes/portal/second-way.ts", FORM_DATA, "no-restricted-properties"],
  ["app/second-way.server.ts", FORM_DATA, "no-restricted-properties"],
])("the check refuses %s, which reads a form another way", (path, text, rule) => {
  expect(brokenRules(path, text)).toEqual([`eslint(${rule})`]);
});

test("the check lets a route use the one reader, and the reader its parser", () => {
  expect(brokenRules("app/routes/portal/note.ts", READER)).toEqual([]);
  expect(brokenRules("app/read-form.server.ts", PARSER + FORM_DATA.replace("read", "data"))).toEqual([]);
});
