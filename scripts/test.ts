import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `npm test` and its longer sisters: a suite is unit and HTTP tests (vitest) and browser tests (Playwright), with one closing
 * line for both. A runner that dies without a report counts as a failure, and so does one that ran nothing.
 */
type Counts = { passed: number; failed: number; skipped: number };
type Suite = { vitest: string[]; playwright: string[] };

const SUITES: Record<string, Suite> = {
  // One process for many files halves the time; a file on its own, and a watch, have one each.
  fast: { vitest: ["--project", "fast", "--no-isolate"], playwright: ["--project", "fast"] },
  more: { vitest: ["--project", "more"], playwright: ["--project", "more"] },
  hostile: {
    vitest: ["--config", "tests/hostile/vitest.config.ts"],
    playwright: ["--project", "hostile"],
  },
};

const name = process.argv[2] ?? "fast";
const suite = SUITES[name];
if (!suite) throw new Error(`There is no suite ${name}; there are ${Object.keys(SUITES).join(", ")}.`);

const REPORTS = ".cache/reports";
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
const temporary = name === "fast" ? temporaryFolder() : undefined;
const env = { ...process.env, ...(temporary && { TMPDIR: temporary }) };

const vitestReport = `${REPORTS}/vitest.json`;
const playwrightReport = `${REPORTS}/playwright.json`;
const vitestReporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${vitestReport}`];
const counts = [
  run("vitest", ["run", ...suite.vitest, ...vitestReporters], vitestReport, countVitest),
  run("playwright", ["test", ...suite.playwright, "--reporter=list,json"], playwrightReport, countPlaywright),
];
if (temporary) rmSync(temporary, { recursive: true, force: true });

const total = counts.reduce((sum, { passed, failed, skipped }) => ({
  passed: sum.passed + passed,
  failed: sum.failed + failed,
  skipped: sum.skipped + skipped,
}));
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`,
);
process.exit(total.failed > 0 ? 1 : 0);

/** In memory where there is room: thousands of small databases wait for a disk otherwise, each commit of each. */
function temporaryFolder(): string {
  const shared = "/dev/shm";
  const { bavail, bsize } = existsSync(shared) ? statfsSync(shared) : { bavail: 0, bsize: 0 };
  return mkdtempSync(join(bavail * bsize > 2 ** 31 ? shared : tmpdir(), "tidemark-tests-"));
}

function run(command: string, args: string[], report: string, count: (report: never) => Counts): Counts {
  const { status } = spawnSync(`node_modules/.bin/${command}`, args, {
    stdio: "inherit",
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
  });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const counts = count(JSON.parse(readFileSync(report, "utf8")) as never);
  const unexplained = counts.failed === 0 && (status !== 0 || counts.passed === 0);
  return unexplained ? { ...counts, failed: 1 } : counts;
}

function countVitest(report: {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
}): Counts {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function countPlaywright({
  stats,
}: {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}): Counts {
  // A test that passed only on a second try is a failure here.
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}
