import { defineConfig } from "vitest/config";

/** `npm run test:faults`: what needs more of the machine, or more time, than the other tests may ask for. */
export default defineConfig({
  test: {
    // R4 is that test with more rounds.
    include: ["tests/faults/**/*.faults.ts", "tests/monitors/crash-recovery.test.ts"],
    env: { CRASH_ROUNDS: "200" },
    maxWorkers: 1,
  },
});
