import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Target } from "./target.ts";
import { fetchPackage, runProgram, type Tool } from "./tool.ts";

/** npm packages that judge what browsers are told. */
export const JUDGES: Tool[] = [
  { name: "MDN HTTP Observatory", run: runObservatory },
  { name: "CSP Evaluator", run: runCspEvaluator },
  { name: "Lighthouse", run: runLighthouse },
];

type Observatory = {
  scan: (hostname: string) => Promise<{
    scan: { grade: string; score: number };
    tests: Record<string, { pass: boolean; result: string }>;
  }>;
};

async function runObservatory({ site, home }: Target) {
  const version = "1.4.8";
  const folder = await fetchPackage("@mdn/mdn-http-observatory", version);
  // Browsers' list of hosts known for TLS, which its install script would fetch: no name of this machine is in it.
  writeFileSync(join(folder, "conf/hsts-preload.json"), "{}");
  const { scan } = await importFrom<Observatory>(folder, "src/scanner/index.js");
  const found: string[] = [];
  const grades: string[] = [];
  for (const [name, path] of [
    ["the front page", "/"],
    ["the portal", home],
  ] as const) {
    const result = await scan(site + path);
    grades.push(`${name} ${result.scan.grade} (${result.scan.score})`);
    for (const [test, { pass, result: why }] of Object.entries(result.tests))
      if (!pass) found.push(`${name}: ${test}, ${why}`);
  }
  return { version, looked: grades.join(", "), found };
}

type Evaluator = {
  CspEvaluator: new (csp: unknown) => {
    evaluate(): { severity: number; directive: string; description: string }[];
  };
};
type Parser = { CspParser: new (policy: string) => { csp: unknown } };

// Its scale runs from 10, high, to 60, for your information; 50 asks whether the host has files of other people's.
const QUESTION = 50;

async function runCspEvaluator({ visitor, home }: Target) {
  const version = "1.1.8";
  const folder = await fetchPackage("csp_evaluator", version);
  const { CspEvaluator } = await importFrom<Evaluator>(folder, "dist/evaluator.js");
  const { CspParser } = await importFrom<Parser>(folder, "dist/parser.js");
  const found: string[] = [];
  for (const [name, path] of [
    ["the front page", "/"],
    ["the portal", home],
  ] as const) {
    const policy = (await fetch(visitor + path)).headers.get("content-security-policy") ?? "";
    for (const { severity, directive, description } of new CspEvaluator(new CspParser(policy).csp).evaluate())
      if (severity < QUESTION) found.push(`${name}: ${directive}, severity ${severity}, ${description}`);
  }
  return { version, looked: "the policies of the front page and the portal", found };
}

type LighthouseReport = {
  categories: Record<string, { title: string; score: number }>;
  audits: Record<string, { score: number | null; title: string }>;
};

async function runLighthouse(target: Target) {
  const { version, categories, audits } = await judgeOverview(target);
  const scores = categories.map(({ title, score }) => `${title} ${Math.round(score * 100)}`);
  const found = ["is-on-https", "csp-xss", "errors-in-console", "deprecations"]
    .filter((audit) => audits[audit]?.score === 0)
    .map((audit) => audits[audit]!.title);
  for (const { title, score } of categories) if (score < 0.95) found.push(`${title} ${score}`);
  return { version, looked: `the overview: ${scores.join(", ")}`, found };
}

/** Lighthouse's report on the overview at top level, on a desktop. */
export async function judgeOverview({ visitor, home, folder }: Pick<Target, "visitor" | "home" | "folder">) {
  const version = "13.5.0";
  const file = join(folder, "lighthouse.json");
  const output = await runProgram(
    "npm",
    [
      "exec",
      "--yes",
      "--ignore-scripts",
      `--package=lighthouse@${version}`,
      "--",
      "lighthouse",
      visitor + home,
      "--preset=desktop",
      "--only-categories=performance,accessibility,best-practices",
      "--quiet",
      "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
      "--output=json",
      `--output-path=${file}`,
    ],
    { env: { CHROME_PATH: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium" } },
  );
  const { categories, audits } = JSON.parse(readOr(file, output)) as LighthouseReport;
  return { version, categories: Object.values(categories), audits };
}

function readOr(file: string, output: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Error(output.trim().split("\n").at(-1));
  }
}

async function importFrom<T>(folder: string, path: string): Promise<T> {
  return (await import(pathToFileURL(join(folder, path)).href)) as T;
}
