import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { temporaryDirectory } from "#tests/support/test-environment.ts";

const BASELINE = "scripts/words/baseline.json";
const OLD = `export const Old = () => <p title="Watched closely">{\`a \${name} episode\`}</p>;\n`;

/** A project of these files, in which a check can be run. */
function openProject(files: Record<string, string>) {
  const folder = temporaryDirectory();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    write,
    counts: () => (JSON.parse(readFileSync(join(folder, BASELINE), "utf8")) as { counts: object }).counts,
    run(check: string, ...args: string[]) {
      const script = fileURLToPath(new URL(`../../scripts/${check}.ts`, import.meta.url));
      const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
        cwd: folder,
        encoding: "utf8",
      });
      return { status, stderr };
    },
  };
}

const withBaseline = (counts: object) => JSON.stringify({ date: "2026-11-24", counts });

test("a retired wording that was added is refused by file, line and the word to use", () => {
  const project = openProject({ "app/old.tsx": OLD, [BASELINE]: withBaseline({ "app/old.tsx": 2 }) });
  expect(project.run("check-words")).toEqual({ status: 0, stderr: "" });
  project.write("app/new.tsx", `export const New = () => (\n  <p>\n    Two open episodes\n  </p>\n);\n`);
  const { status, stderr } = project.run("check-words");
  expect(status).toBe(1);
  expect(stderr).toContain('2: "episodes" in "Two open episodes". Say: incident.');
  expect(project.run("check-words", "--update").status).toBe(1);
  expect(project.counts()).toEqual({ "app/old.tsx": 2 });
});

test("a baseline that is higher than what is there is refused until it is lowered", () => {
  const project = openProject({ "app/old.tsx": OLD, [BASELINE]: withBaseline({ "app/old.tsx": 3 }) });
  expect(project.run("check-words").status).toBe(1);
  expect(project.run("check-words", "--update").status).toBe(0);
  expect(project.counts()).toEqual({ "app/old.tsx": 2 });
  expect(project.run("check-words").status).toBe(0);
});

test("names in code, SQL and commands are no wordings", () => {
  const project = openProject({
    "app/names.tsx": `import { watch } from "./episode looks.ts";\nexport const rows = sql\`select a from episodes where told is null\`;\nexport const id = "episode";\nexport const Row = () => <p className="the flag looks" />;\n`,
    "README.md": "Run `npm run watch the flag` or\n\n    npm run look at\n",
    [BASELINE]: withBaseline({}),
  });
  expect(project.run("check-words")).toEqual({ status: 0, stderr: "" });
});

const setUp = (lines: number) =>
  Array.from({ length: lines }, (_line, index) => `const part${index} = open(${index});\n`).join("");

test("set-up of eleven lines in two tests is refused, of ten is not", () => {
  const project = openProject({ "tests/a.test.ts": setUp(10), "tests/b.test.ts": setUp(10) });
  expect(project.run("check-duplicates")).toEqual({ status: 0, stderr: "" });
  project.write("tests/a.test.ts", setUp(11));
  project.write(
    "tests/b.test.ts",
    `import { open } from "./open.ts";\n\n${setUp(11).replaceAll("\n", "\n\n  ")}`,
  );
  expect(project.run("check-duplicates")).toEqual({
    status: 1,
    stderr: "tests/b.test.ts:3 repeats tests/a.test.ts:1: move the shared set-up to a helper.\n",
  });
});
