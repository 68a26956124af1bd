import { globSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { parseSync } from "vite";

/**
 * Part of `npm run check`: nobody reads a wording that scripts/words/retired.json retires. Texts from before that list are
 * counted in scripts/words/baseline.json, which only shrinks: `npm run words -- --update` takes less, or as many elsewhere.
 */
type Baseline = { date: string; counts: Record<string, number> };
type Finding = { line: number; text: string; word: string; use: string };

const RETIRED = JSON.parse(
  readFileSync(fileURLToPath(new URL("words/retired.json", import.meta.url)), "utf8"),
) as { use: string; retire: string[] }[];
const BASELINE = "scripts/words/baseline.json";
const FILES = ["{app,scripts,packages}/**/*.{ts,tsx}", "*.md", "docs/*.md", "{scripts,packages}/**/*.md"];
/** Attributes and properties that no one reads. */
const UNREAD = new Set([
  "className",
  "class",
  "id",
  "key",
  "type",
  "kind",
  "to",
  "href",
  "d",
  "event",
  "style",
]);

const { values } = parseArgs({ options: { update: { type: "boolean", default: false } } });
const { counts: known } = JSON.parse(readFileSync(BASELINE, "utf8")) as Baseline;
const found = new Map<string, Finding[]>();
for (const file of globSync(FILES).toSorted()) {
  const findings = findRetired(file, readFileSync(file, "utf8"));
  if (findings.length > 0) found.set(file, findings);
}
const counts = Object.fromEntries([...found].map(([file, { length }]) => [file, length]));
process.exitCode = values.update ? update() : check();

function check(): number {
  const changed = [...new Set([...Object.keys(known), ...found.keys()])].filter(
    (file) => (known[file] ?? 0) !== (counts[file] ?? 0),
  );
  for (const file of changed) {
    const [was, is] = [known[file] ?? 0, counts[file] ?? 0];
    console.error(`${file}: ${is} retired wordings, ${was} in the baseline.`);
    if (is > was)
      for (const { line, word, use, text } of found.get(file)!)
        console.error(`  ${line}: "${word}" in "${text}". Say: ${use}.`);
  }
  if (changed.length > 0)
    console.error("Reword what was added. After rewording or moving texts: npm run words -- --update");
  return changed.length > 0 ? 1 : 0;
}

function update(): number {
  if (sum(counts) > sum(known)) {
    console.error(
      `There are ${sum(counts)} retired wordings, ${sum(known)} before. The baseline only shrinks.`,
    );
    return check() || 1;
  }
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(BASELINE, `${JSON.stringify({ date, counts } satisfies Baseline, null, 2)}\n`);
  return 0;
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}

function findRetired(file: string, source: string): Finding[] {
  return textsOf(file, source).flatMap(({ text, at }) =>
    RETIRED.flatMap(({ use, retire }) =>
      retire
        .filter((word) => new RegExp(`(?<![\\w-])${escape(word)}(?![\\w-])`, "i").test(text))
        .map((word) => ({
          line: source.slice(0, at).split("\n").length,
          text: text.slice(0, 80),
          word,
          use,
        })),
    ),
  );
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function textsOf(file: string, source: string): { text: string; at: number }[] {
  if (file.endsWith(".md")) {
    // Not what is code: a command or a field keeps its name.
    const prose = source.replace(/```[\s\S]*?```|^ {4}.*$|`[^`\n]*`/gm, (code) =>
      code.replace(/[^\n]/g, " "),
    );
    return [...prose.matchAll(/[^\n]+/g)].map(({ 0: text, index }) => ({ text, at: index }));
  }
  const texts: { text: string; at: number }[] = [];
  visit(parseSync(file, source).program as unknown as Node, (text, at) => {
    const line = text.replace(/\s+/g, " ").trim();
    const isAlias = /^[\w.]+ as \w+$/.test(line);
    if (!isAlias && /[a-z…] [a-z…]|^[A-Z][a-z]/.test(line)) texts.push({ text: line, at });
  });
  return texts;
}

type Node = { type: string; start: number; [key: string]: unknown };

/** Strings, template texts and JSX texts, but for SQL, imports, types and names. */
function visit(node: Node, see: (text: string, at: number) => void): void {
  if (
    /^(Import|Export(All|Named)|TS.*Type|TaggedTemplate)/.test(node.type) &&
    !("declaration" in node && node.declaration)
  )
    return;
  if (UNREAD.has(nameOf(node))) return;
  const text = node.type === "TemplateLiteral" ? sentenceOf(node) : node.value;
  if (typeof text === "string" && /^(Literal|JSXText|TemplateLiteral)$/.test(node.type))
    see(text, node.start);
  for (const child of Object.values(node).flat())
    if (child !== null && typeof child === "object" && "type" in child) visit(child as Node, see);
}

function sentenceOf({ quasis }: Node): string {
  return (quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join("…");
}

function nameOf(node: Node): string {
  const name = node.type === "JSXAttribute" ? node.name : node.type === "Property" ? node.key : undefined;
  return (name as { name?: string } | undefined)?.name ?? "";
}
