import { globSync, readFileSync } from "node:fs";

/** Part of `npm run check`: no set-up of more than ten lines is written twice in the tests; it belongs in one helper. */
const MOST_LINES = 10;

type Line = { file: string; number: number; text: string };

const windows = new Map<string, Line>();
const findings: string[] = [];
for (const file of globSync("{tests,packages/*/tests}/**/*.{ts,tsx}").toSorted()) {
  const lines = linesOf(file);
  let reportedUntil = 0;
  for (let at = 0; at + MOST_LINES < lines.length; at += 1) {
    const run = lines.slice(at, at + MOST_LINES + 1);
    const key = run.map(({ text }) => text).join("\n");
    const first = windows.get(key);
    if (!first) windows.set(key, run[0]!);
    else {
      // A longer duplicate is one finding, not one for each of its lines.
      if (at >= reportedUntil)
        findings.push(`${file}:${run[0]!.number} repeats ${first.file}:${first.number}`);
      reportedUntil = at + MOST_LINES + 1;
    }
  }
}
for (const finding of findings) console.error(`${finding}: move the shared set-up to a helper.`);
process.exit(findings.length > 0 ? 1 : 0);

/** Without imports, comments and lines of punctuation only: two tests that import the same repeat nothing. */
function linesOf(file: string): Line[] {
  const source = readFileSync(file, "utf8").replace(/^import [^;]*;$/gm, (all) => all.replace(/[^\n]/g, ""));
  return source
    .split("\n")
    .map((text, index) => ({ file, number: index + 1, text: text.trim() }))
    .filter(({ text }) => /\w/.test(text) && !/^(\/\/|\/?\*)/.test(text));
}
