import { defineConfig } from "vitest/config";

/** `npm run test:hostile`: the attacks of `npm test` at their full counts, and what takes too long for it. */
export default defineConfig({
  test: {
    include: [
      "tests/hostile/**/*.hostile.ts",
      "tests/http/generated-bodies.test.ts",
      "tests/http/foreign-ids.test.ts",
      "tests/platform/installs/lifecycle-model.test.ts",
      "tests/platform/installs/rotate-keys.test.ts",
    ],
    env: {
      GENERATED_BODIES: "50000",
      MUTATED_BODIES: "5000",
      LIFECYCLE_SEQUENCES: "10000",
      FOREIGN_INSTALLS: "20",
      ROTATED_INSTALLS: "10000",
      ROTATION_KILLS: "20",
    },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
