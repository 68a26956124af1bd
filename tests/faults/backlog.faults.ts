import { expect, test } from "vitest";

import { harmed } from "#scripts/bench/control/harm.ts";
import { catchUp } from "#scripts/bench/figures/backlog.ts";
import { LARGE_EVERY } from "#scripts/bench/monitors/large-every.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

import { report } from "#tests/support/report.ts";

const ROWS = 1_000_000;

test("a million rows of a day's downtime are caught up by the server as it is shipped, and nothing is missed", async () => {
  const caughtUp = await catchUp(temporaryDirectory(), ROWS);
  const { seconds, memory, loopDelayMs, quietGapMs, found, counted } = caughtUp;
  report(
    "Backlog",
    `${ROWS.toLocaleString("en")} rows in ${seconds.toFixed(0)} s, ${memory.toFixed(0)} MB, loop p99 ${loopDelayMs.toFixed(0)} ms, another install every ${(quietGapMs / 1000).toFixed(1)} s`,
    "caught up, ≤ 200 MB, every large payment once",
  );
  expect(found).toBe(ROWS / LARGE_EVERY);
  // Of ten balances one is a wallet, so two rows of ten move one.
  expect(counted).toBe(ROWS / 5);
  expect(memory).toBeLessThan(200);
  expect(quietGapMs).toBeLessThan(30_000);
}, 1_800_000);

test("a server that holds too much is found out", async () => {
  const { memory } = await harmed({ heldMegabytes: 250 }, () => catchUp(temporaryDirectory(), 10_000));
  report("Backlog control", `${memory.toFixed(0)} MB`, "> 200 MB");
  expect(memory).toBeGreaterThan(200);
}, 300_000);
