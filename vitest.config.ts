import { defineConfig } from "vitest/config";

/** What `npm run test:more` runs instead of `npm test`: it builds copies of the project, drives a browser or waits for time-outs. */
const MORE = [
  "tests/http/portal-storage-trouble.test.ts",
  "tests/http/storage-trouble.test.ts",
  "packages/blnk-sandbox/tests/conformance.test.ts",
  "packages/blnk-sandbox/tests/lifecycle/dashboard-page.test.ts",
  "tests/scripts/dev.test.ts",
  "tests/scripts/documented-commands.test.ts",
  "tests/scripts/extending.test.ts",
  "tests/scripts/image.test.ts",
  "tests/scripts/old-build.test.ts",
];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Two cores: more workers only make time-outs.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["tests/**/*.test.ts", "packages/*/tests/**/*.test.ts"],
          exclude: MORE,
        },
      },
      { extends: true, test: { name: "more", include: MORE } },
    ],
  },
});
