import { afterAll, expect, test } from "vitest";

import { temporaryDirectory } from "#tests/support/test-environment.ts";
import { startServerProcess } from "#tests/support/start-server-process.ts";

import { type CallSite, openCallSites } from "./cloud/call-sites.ts";
import { FRONT_FAULTS } from "./cloud/faulty-front.ts";
import { type FaultyWorld, startFaultyWorld } from "./cloud/faulty-world.ts";
import { ownMs, peakMemoryMb, slower, type Time, timeInWords, timeOf } from "./process-figures.ts";
import { report } from "#tests/support/report.ts";

/** Eight seconds for what a page reads, one for all else. */
const PAGE_MS = 9_000;
/** A form's check, its money write and the look for what came of it, and then the page that says so. */
const WRITE_MS = 8_000 + 30_000 + 15_000 + PAGE_MS;
/** A file's calls have half a minute each. */
const FILE_MS = 31_000;
const OTHERS_MS = 2_000;

/** What a person is told; one of it is on every page that could not be read, and after every form. */
const SAYS_WHY =
  /Blnk Cloud (does not a|has no|asks|cannot be|did not|gave)|Blnk (says|did not)|Another change|There was no answer|may or may not have gone through/;

// Every method of the Cloud client against every fault is in tests/platform/blnk/faults.test.ts; here it is what people see.
const NONE: Time = { ms: 0, waitedMs: 0 };
const worst = { visits: 0, page: NONE, other: NONE, memoryMb: 0 };
afterAll(() =>
  report(
    "R7",
    `${worst.visits} visits over ${FRONT_FAULTS.length} faults, pages ≤ ${timeInWords(worst.page)}, another install's ≤ ${timeInWords(worst.other)}, ${worst.memoryMb} MB`,
    `0 crashes, ≤ ${PAGE_MS} ms, ≤ ${OTHERS_MS} ms`,
  ),
);

test.each(FRONT_FAULTS)(
  "R7: with $name from Cloud every page and action ends in time and in words, and others go on",
  async (fault) => {
    const world = await startFaultyWorld([fault], { MONITOR_INTERVAL_SECONDS: "3600" });
    const sites = await openCallSites(world, world.faulty[0]!);
    const other = await world.open(world.good);
    world.front.begin();
    const problems: string[] = [];
    const all = visitAll(world, sites, (site, visited) => {
      worst.visits += 1;
      if (limitOf(site) === PAGE_MS) worst.page = slower(visited, worst.page);
      problems.push(...problemsOf(site, visited, { isSlow: fault.name === "slow" }));
    });
    const state = { isOver: false };
    const end = all.finally(() => (state.isOver = true));
    while (!state.isOver) {
      const page = () => other.portal.get(`${other.home}/balances`).then((response) => response.text());
      const { answer, ...time } = await timeOf(world.server.pid, page);
      worst.other = slower(time, worst.other);
      expect(answer).toContain(world.good.records.balance);
      expect(answer).not.toMatch(SAYS_WHY);
      expect(ownMs(time)).toBeLessThan(OTHERS_MS);
    }
    await end;
    worst.memoryMb = Math.max(worst.memoryMb, peakMemoryMb(world.server.pid));
    expect(problems).toEqual([]);
    expect(world.front.met()).toBeGreaterThan(sites.length / 2);
    expect(world.server.output()).not.toMatch(/unexpected_error|unhandled/i);
    expect((await world.server.request("/healthz")).status).toBe(200);
  },
  600_000,
);

test("R7: with a refused connection every page says so, and events are taken", async () => {
  const server = await startServerProcess(temporaryDirectory(), { BLNK_API_URL: "http://127.0.0.1:9" });
  expect((await server.install()).status).toBe(200);
  const { page, cookie } = await server.enter();
  for (const path of ["", "/balances", "/transactions", "/ledgers", "/identities", "/balances/bln_1"]) {
    const visit = () =>
      server.request(page + path, { headers: { cookie } }).then((response) => response.text());
    const { ms, waitedMs, answer } = await timeOf(server.pid, visit);
    expect(answer).toMatch(SAYS_WHY);
    expect(ownMs({ ms, waitedMs })).toBeLessThan(PAGE_MS);
  }
  expect((await server.install({ installed_app_id: "instapp_2", instance_id: "inst_2" })).status).toBe(200);
}, 120_000);

test("R7: pages that say nothing, are late or break would be found out", async () => {
  const site: CallSite = {
    request: { method: "GET", path: "balances", needs: ["data:read"] },
    visit: () => Promise.reject(new Error()),
  };
  const answer = {
    status: 200,
    text: "<h1>Balances</h1> Blnk Cloud did not answer in time",
    ms: 1,
    waitedMs: 0,
  };
  const judge = (change: Partial<Visited>) => problemsOf(site, { ...answer, ...change }, { isSlow: false });
  expect(judge({})).toEqual([]);
  const bad = [{ ms: PAGE_MS }, { text: "<h1>Balances</h1>" }, { status: 500 }, { status: undefined }];
  const found = bad.filter((change) => judge(change).length === 1);
  report("R7 control", `${found.length} of ${bad.length} bad pages found out`, `${bad.length}`);
  expect(found).toEqual(bad);
});

type Visited = Time & { status: number | undefined; text: string };

/** So many at once that, with each at its install's limit, the others still have a share of the connections. */
const AT_ONCE = 12;

async function visitAll(
  { server }: FaultyWorld,
  sites: CallSite[],
  tell: (site: CallSite, visited: Visited) => void,
): Promise<void> {
  const waiting = [...sites];
  const visitInTurn = async () => {
    while (waiting.length > 0) {
      const site = waiting.shift()!;
      const { answer, ...time } = await timeOf(server.pid, () => read(site));
      tell(site, { ...answer, ...time });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitInTurn));
}

async function read({ visit }: CallSite) {
  try {
    const response = await visit();
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: undefined, text: "" };
  }
}

function problemsOf(
  { request }: CallSite,
  { status, text, ms, waitedMs }: Visited,
  { isSlow }: { isSlow: boolean },
) {
  const problems: string[] = [];
  if (ownMs({ ms, waitedMs }) >= limitOf({ request })) problems.push(`took ${timeInWords({ ms, waitedMs })}`);
  const isPage = limitOf({ request }) === PAGE_MS;
  if (!(isPage ? [200, 404] : [200, 404, 409, 502, 503]).includes(status ?? 0))
    problems.push(`was answered with ${status}`);
  else if (!isSlow && !(text.includes("<h1") && SAYS_WHY.test(text.replaceAll("<!-- -->", ""))))
    problems.push(
      `does not say why: ${text.replaceAll(/<script[ >].*?<\/script>|<[^>]+>/gs, " ").slice(-600)}`,
    );
  return problems.map((problem) => `${request.method} ${request.path} ${problem}`);
}

function limitOf({ request: { method, path } }: Pick<CallSite, "request">): number {
  if (path.includes(".csv")) return FILE_MS;
  return method === "GET" ? PAGE_MS : WRITE_MS;
}
