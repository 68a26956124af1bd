import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { type Harm, harmed } from "#scripts/bench/control/harm.ts";
import { spoilScreen } from "#scripts/bench/control/spoil-screen.ts";
import type { BenchOptions, Figure } from "#scripts/bench/figure.ts";
import { measureBacklog } from "#scripts/bench/figures/backlog.ts";
import { measureCallbacks } from "#scripts/bench/figures/callbacks.ts";
import { measureColdStart } from "#scripts/bench/figures/cold-start.ts";
import { measureLaunches } from "#scripts/bench/figures/launches.ts";
import { measureLedgerSize } from "#scripts/bench/figures/ledger-size.ts";
import { measureCycles, measureLargeInstall } from "#scripts/bench/figures/monitor-cycles.ts";
import { measureLighthouse } from "#scripts/bench/figures/lighthouse.ts";
import { measurePanel } from "#scripts/bench/figures/panel-vitals.ts";
import { measurePortalPages } from "#scripts/bench/figures/portal-pages.ts";
import { measureWindows } from "#scripts/bench/figures/windows.ts";
import { loadDotEnv } from "./load-dot-env.ts";

loadDotEnv();

/** `npm run bench`: the figures of docs/performance.md, each a ratio to a baseline of the same run where it can be one. */
const USAGE = `npm run bench -- [options]

  --only P1,P5   only these figures
  --quick        a minute's look instead of figures to quote
  --json FILE    write [{id, name, figure, unit, goal, ok, detail}]
  --control      the other way round: a quick look at an app made bad on purpose, which must miss each figure`;

const MEASUREMENTS: {
  ids: string[];
  measure: (folder: string, options: BenchOptions) => Promise<Figure[]>;
  /** What must miss all of them; other people's tools are not put to the test, nor what a bad app fails before. */
  harm?: Harm;
}[] = [
  { ids: ["P1", "P2", "P8"], measure: measureCallbacks, harm: { requestMs: 10, heldMegabytes: 250 } },
  { ids: ["P3"], measure: measureLaunches, harm: { requestMs: 10 } },
  { ids: ["P4"], measure: measurePortalPages, harm: { requestMs: 50, switches: { alert_list: "array" } } },
  {
    ids: ["P5", "P8"],
    measure: measureCycles,
    harm: { everySecondMs: 200, heldMegabytes: 250, switches: { max_page_size: 50 } },
  },
  { ids: ["P10"], measure: measureLargeInstall, harm: { heldMegabytes: 300 } },
  { ids: ["P13"], measure: measureBacklog, harm: { everySecondMs: 800, heldMegabytes: 250 } },
  { ids: ["P14"], measure: measureWindows },
  { ids: ["P6"], measure: measureLedgerSize, harm: { droppedIndexes: ["install_keys_by_event"] } },
  { ids: ["P7"], measure: measureColdStart, harm: { startMs: 1000 } },
  { ids: ["P9"], measure: measurePanel, harm: { screen: spoilScreen } },
  { ids: ["P9"], measure: measureLighthouse },
];

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    control: { type: "boolean", default: false },
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
  for (const { ids, measure, harm } of MEASUREMENTS) {
    if (wanted && !ids.some((id) => wanted.includes(id))) continue;
    if (values.control && !harm) continue;
    const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
    try {
      const measured =
        values.control && harm
          ? // A cycle that takes too long would take longer than anyone waits here.
            (await harmed(harm, () => measure(folder, { quick: true }))).filter(({ unit }) => unit !== "s")
          : await measure(folder, { quick: values.quick });
      for (const figure of measured) {
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
  const wrong = figures.filter(({ ok }) => ok === values.control);
  if (wrong.length > 0) process.exitCode = 1;
  if (values.control)
    console.log(`\n${wrong.length} of ${figures.length} figures were reached by an app made bad on purpose.`);
}

function line({ id, name, figure, unit, goal, ok, detail }: Figure): string {
  return `${id}: ${shown(figure, unit)} (goal ${goal}) ${ok ? "reached" : "missed"}: ${name}; ${detail}`;
}

function printTable(figures: readonly Figure[]): void {
  console.log(
    `\n${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}\n`,
  );
  console.log("| # | what | figure | goal | |\n|---|---|---|---|---|");
  const inOrder = figures.toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
  for (const { id, name, figure, unit, goal, ok } of inOrder)
    console.log(`| ${id} | ${name} | ${shown(figure, unit)} | ${goal} | ${ok ? "reached" : "missed"} |`);
}

function shown(figure: number, unit: string): string {
  return `${figure.toFixed(figure >= 100 ? 0 : 2)} ${unit}`.trim();
}
