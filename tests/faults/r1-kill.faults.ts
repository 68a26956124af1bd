import { join } from "node:path";

import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { temporaryDirectory } from "#tests/support/test-environment.ts";
import { startServerProcess } from "#tests/support/start-server-process.ts";

import { audit } from "./bursts/audit.ts";
import { beginBurst } from "./bursts/burst.ts";
import { killForgetful, killInBursts } from "./bursts/kill-in-bursts.ts";
import { ownMs, timeInWords } from "./process-figures.ts";
import { report } from "#tests/support/report.ts";

const KILLS = 50;

test(`R1: killed at random moments of ${KILLS} bursts, the app has every event that it acknowledged, and none in part`, async () => {
  const { lost, half, acknowledged, slowestStart } = await killInBursts(temporaryDirectory(), KILLS);
  report(
    "R1",
    `${lost} of ${acknowledged} acknowledged events lost, ${half} half applied, ready within ${timeInWords(slowestStart)}`,
    "0, 0, < 3000 ms",
  );
  expect({ lost, half }).toEqual({ lost: 0, half: 0 });
  expect(acknowledged).toBeGreaterThan(KILLS * 100);
  expect(ownMs(slowestStart)).toBeLessThan(3000);
}, 1_800_000);

test("R1: a server that answers before it commits is found out", async () => {
  const { lost } = await killForgetful(temporaryDirectory(), "answers-early");
  report("R1 control", `${lost} lost`, "> 0");
  expect(lost).toBeGreaterThan(0);
}, 120_000);

test("R1: what is applied in part is found out", async () => {
  const directory = temporaryDirectory();
  const server = await startServerProcess(directory);
  const burst = beginBurst(server.origin, server.paths, { installs: 40, prefix: "r" });
  await burst.ended;
  const file = join(directory, "tidemark.db");
  expect(audit(file, burst.acknowledged)).toEqual({ lost: 0, half: 0 });
  const db = new SqliteDatabase(file);
  db.exec(`
    delete from install_keys where installed_app_id = 'r_1';
    delete from jobs where installed_app_id = 'r_2';
    delete from activity where installed_app_id = 'r_3';
    update installs set state = 'inactive' where installed_app_id = 'r_4';
    update installs set state = 'active' where installed_app_id = 'r_8';
    update launches set ended_at = null where installed_app_id = 'r_16';`);
  db.close();
  expect(audit(file, burst.acknowledged)).toEqual({ lost: 0, half: 6 });
}, 120_000);
