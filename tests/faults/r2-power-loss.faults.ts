import { expect, test } from "vitest";

import { temporaryDirectory } from "#tests/support/test-environment.ts";

import { killForgetful, killInBursts } from "./bursts/kill-in-bursts.ts";
import { hasCompiler, needsCompiler } from "./disk/build-shim.ts";
import { preparePowerCuts } from "./disk/power-cuts.ts";
import { report } from "#tests/support/report.ts";

const CUTS = 100;

test.runIf(hasCompiler)(
  needsCompiler(
    `R2: after ${CUTS} power cuts the app has every event that it acknowledged, and none in part`,
  ),
  async () => {
    const directory = temporaryDirectory();
    const { lost, half, acknowledged } = await killInBursts(directory, CUTS, preparePowerCuts(directory));
    report("R2", `${lost} of ${acknowledged} acknowledged events lost, ${half} half applied`, "0, 0");
    expect({ lost, half }).toEqual({ lost: 0, half: 0 });
    expect(acknowledged).toBeGreaterThan(CUTS * 100);
  },
  3_600_000,
);

test.runIf(hasCompiler)(
  needsCompiler("R2: a server that does not wait for the disk is found out"),
  async () => {
    const directory = temporaryDirectory();
    const { lost } = await killForgetful(directory, "syncs-late", preparePowerCuts(directory));
    report("R2 control", `${lost} lost`, "> 0");
    expect(lost).toBeGreaterThan(0);
  },
  120_000,
);
