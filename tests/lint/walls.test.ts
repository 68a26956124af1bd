import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { temporaryDirectory } from "#tests/support/test-environment.ts";

import { ROOMS } from "../../oxlint.config.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Puts files into an empty house with our walls, and answers what the linter says of each. */
function lint(planted: Record<string, string>): Map<string, string> {
  const folder = temporaryDirectory();
  for (const name of ["oxlint.config.ts", "package.json", "tsconfig.json", "app/routes.ts"])
    cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const [path, content] of Object.entries(planted)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin/oxlint"), ["--format", "json"], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout || stderr) as {
    diagnostics: { filename: string; code: string; help?: string; message: string }[];
  };
  return new Map(
    diagnostics.map(({ filename, code, message, help = "" }) => [filename, `${code} ${message} ${help}`]),
  );
}

const imports = (specifier: string) => `import { x } from "${specifier}";\nexport const y = x;\n`;
const PARSER =
  'import { parseSubmission } from "@conform-to/react/future";\nexport const x = parseSubmission;\n';
const BYTES =
  'import { readBytes } from "#app/platform/http/json-body.server.ts";\nexport const x = readBytes;\n';
const FORM_DATA = "export const read = (request: Request) => request.formData();\n";
const importsType = (specifier: string) => `import type { X } from "${specifier}";\nexport type Y = X;\n`;

/** Where a file of a room stands, and how others name it. */
const PLACES = ROOMS.flatMap(({ files, sample }) => (sample ? [{ files, ...sample }] : []));

test("a room can import no room below it, not even a type", () => {
  const planted: Record<string, string> = {};
  for (const [index, { folder }] of PLACES.entries()) {
    for (const [below, { specifier }] of PLACES.slice(index + 1).entries()) {
      planted[`${folder}/planted-${below}.server.ts`] = imports(specifier);
      planted[`${folder}/planted-type-${below}.server.ts`] = importsType(specifier);
    }
  }
  expect(Object.keys(planted).length).toBeGreaterThan(200);
  const found = lint(planted);
  const missed = Object.keys(planted).filter((path) => !/only what is above it/.test(found.get(path) ?? ""));
  expect(missed).toEqual([]);
});

test("a room can import each room above it, and itself", () => {
  const planted: Record<string, string> = {};
  for (const [index, { folder }] of PLACES.entries())
    for (const [above, { specifier }] of PLACES.slice(0, index + 1).entries())
      planted[`${folder}/planted-${above}.server.ts`] = imports(specifier);
  expect([...lint(planted)]).toEqual([]);
});

test.each([
  ["app/platform/blnk/planted.server.ts", imports("../installs/installs.server.ts"), /by their subpath/],
  [
    "app/platform/blnk/transport/planted.server.ts",
    imports("../../../monitors/monitor.ts"),
    /by their subpath/,
  ],
  ["db/planted.server.ts", imports("../app/app.server.ts"), /by their subpath/],
  ["app/ui/planted.tsx", imports("#db/database.server.ts"), /Only \*\.server\.ts/],
  ["app/monitors/planted.ts", imports("node:crypto"), /Only \*\.server\.ts/],
  ["app/portal/planted/planted.tsx", imports("./load-planted.server.ts"), /Only \*\.server\.ts/],
  ["app/monitors/planted.server.ts", "export const planted = process.env.PLANTED;\n", /no-process-env/],
  ["app/portal/planted.server.ts", PARSER, /Read a form with/],
  ["app/platform/ops/planted.server.ts", BYTES, /Read a form with/],
  ["app/portal/planted.server.ts", FORM_DATA, /Read a form with/],
  ["packages/blnk-sandbox/planted.ts", imports("#app/app.ts"), /only what is above it/],
  ["app/platform/blnk/planted.server.ts", imports("blnk-sandbox/json.ts"), /only what is above it/],
])("the wall refuses %s", (path, content, message) => {
  expect(lint({ [path]: content }).get(path)).toMatch(message);
});

test.each([
  ["app/platform/blnk/transport/planted.server.ts", imports("../records.ts")],
  ["app/portal/planted/planted.tsx", importsType("./load-planted.server.ts")],
  ["app/portal/planted/planted.server.ts", imports("node:crypto")],
  ["app/platform/http/read-form.server.ts", PARSER + FORM_DATA],
  ["app/platform/http/env.server.ts", "export const planted = process.env.PLANTED;\n"],
])("the wall lets %s pass", (path, content) => {
  expect(lint({ [path]: content }).get(path)).toBeUndefined();
});

test("every file of the app and the database is in a room", () => {
  const all = globSync("{app,db}/**/*.{ts,tsx}", { cwd: ROOT }).filter((file) => file !== "app/env.d.ts");
  const inRooms = new Set(
    ROOMS.flatMap(({ files }) =>
      globSync(/\.\w+$|\}$/.test(files) ? files : `${files}/**/*.{ts,tsx}`, { cwd: ROOT }),
    ),
  );
  expect(all.length).toBeGreaterThan(300);
  expect(all.filter((file) => !inRooms.has(file))).toEqual([]);
});
