import { afterAll, expect, test } from "vitest";

import {
  AMBIGUITIES,
  EFFECTS,
  findAmbiguityProblems,
  KINDS,
  REFUSALS,
} from "#tests/actions/ambiguous-money.ts";

import { report } from "#tests/support/report.ts";

// That a false report would be found is in tests/actions/ambiguous-money.test.ts.
const CELLS = KINDS.flatMap((kind) =>
  AMBIGUITIES.flatMap((first) =>
    EFFECTS.flatMap((effect) => REFUSALS.map((retry) => ({ kind, first, effect, retry }))),
  ),
);

let problems = 0;
afterAll(() =>
  report(
    "R13",
    `${CELLS.length} lost calls that move money, ${problems} reported or limited otherwise than the ledger says`,
    "0",
  ),
);

test.each(CELLS)(
  "R13: $kind, $first, $effect effect, $retry on a retry: reported as the ledger says, within the limits",
  async (cell) => {
    const found = await findAmbiguityProblems(cell);
    problems += found.length;
    expect(found).toEqual([]);
  },
  120_000,
);
