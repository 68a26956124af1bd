import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import type { BenchOptions, Figure } from "./bench/figure.ts";
import { measureCallbacks } from "./bench/figures/callbacks.ts";
import { measureColdStart } from "./bench/figures/cold-start.ts";
import { measureLaunches } from "./bench/figures/launches.ts";
import { measureLedgerSize } from "./bench/figures/ledger-size.ts";
import { measureCycles, measureLargeInstall } from "./bench/figures/monitor-cycles.ts";
import { measurePortalPages } from "./bench/figures/portal-pages.ts";
import { loadDotEnv } from "./load-dot-env.ts";

loadDotEnv();

/** `npm run bench`: the figures of docs/performance.md, each a ratio to a baseline of the same run where it can be one. */
const USAGE = `npm run bench -- [options]

  --only P1,P5   only these figures
  --quick        a minute's look instead of figures to quote
  --json FILE    write [{id, name, figure, unit, goal, ok, detail}]`;

const MEASUREMENTS: {
  ids: string[];
  measure: (folder: string, options: BenchOptions) => Promise<Figure[]>;
}[] = [
  { ids: ["P1", "P2", "P8"], measure: measureCallbacks },
  { ids: ["P3"], measure: measureLaunches },
  { ids: ["P4"], measure: measurePortalPages },
  { ids: ["P5", "P8"], measure: measureCycles },
  { ids: ["P10"], measure: measureLargeInstall },
  { ids: ["P6"], measure: measureLedgerSize },
  { ids: ["P7"], measure: measureColdStart },
];

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(USAGE);
else await bench();

async function bench(): Promise<void> {
  const wanted = values.only?.toUpperCase().split(",");
  const known = MEASUREMENTS.flatMap(({ ids }) => ids);
  const unknown = wanted?.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new Error(`There is no figure ${unknown}; there are ${[...new Set(known)].join(", ")}.`);
  const figures: Figure[] = [];
  for (const { ids, measure } of MEASUREMENTS) {
    if (wanted && !ids.some((id) => wanted.includes(id))) continue;
    const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
    try {
      for (const figure of await measure(folder, { quick: values.quick })) {
        if (wanted && !wanted.includes(figure.id)) continue;
        figures.push(figure);
        console.log(line(figure));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  printTable(figures);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  if (figures.some(({ ok }) => !ok)) process.exitCode = 1;
}

function line({ id, name, figure, unit, goal, ok, detail }: Figure): string {
  return `${id}: ${rounded(figure)} ${unit} (goal ${goal}) ${ok ? "reached" : "missed"}: ${name}; ${detail}`;
}

function printTable(figures: readonly Figure[]): void {
  console.log(
    `\n${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}\n`,
  );
  console.log("| # | what | figure | goal | |\n|---|---|---|---|---|");
  for (const { id, name, figure, unit, goal, ok } of figures)
    console.log(`| ${id} | ${name} | ${rounded(figure)} ${unit} | ${goal} | ${ok ? "reached" : "missed"} |`);
}

function rounded(figure: number): string {
  return figure.toFixed(figure >= 100 ? 0 : 2);
}
