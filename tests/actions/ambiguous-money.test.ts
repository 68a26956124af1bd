import { describe, expect, test } from "vitest";

import { type Ambiguous, findAmbiguityProblems, findLie, openAmbiguity } from "./ambiguous-money.ts";

// All of them are in tests/faults/r13-ambiguous-money.faults.ts.
const SOME: Ambiguous[] = [
  { kind: "adjustment", first: "5xx", effect: "late", retry: 423 },
  { kind: "adjustment", first: "cut", effect: "late", retry: 400 },
  { kind: "adjustment", first: "cut", effect: "none", retry: 403 },
  { kind: "commit", first: "5xx", effect: "late", retry: 429 },
  { kind: "commit", first: "cut", effect: "none", retry: 400 },
  { kind: "void", first: "cut", effect: "late", retry: 403 },
  { kind: "refund", first: "time-out", effect: "late", retry: 423 },
  { kind: "refund", first: "5xx", effect: "none", retry: 400 },
];

describe("an action whose call was lost", () => {
  test.each(SOME)(
    "is reported as the ledger says: $kind, $first, $effect effect, $retry on a retry",
    async (ambiguous) => {
      expect(await findAmbiguityProblems(ambiguous)).toEqual([]);
    },
    60_000,
  );

  test("and that was called rejected before it arrived would be found", async () => {
    const world = await openAmbiguity({ kind: "adjustment", first: "cut", effect: "late", retry: 400 });
    const { id, start, db, cloud, actionOf, timesDone } = world;
    await start(id);
    await db.write((tx) =>
      tx.updateTable("actions").set({ state: "rejected" }).where("id", "=", id).execute(),
    );
    const action = await actionOf(id);
    expect(findLie(action, timesDone(action))).toBeUndefined();
    await cloud.release();
    expect(findLie(action, timesDone(action))).toBe("it is rejected, and the ledger has it 1 times");
  });
});
