import { defineConfig } from "@playwright/test";

const HOSTILE = /(foreign-sites|framing)\.spec\.ts/;
const VITALS = /vitals\.spec\.ts/;
/** Looked at in one theme by `npm test`, and in both by `npm run test:more`. */
const LOOKED_AT = /(look|ops|portal-actions|session-end|blocked-cookies)\.spec\.ts/;

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  globalSetup: "./tests/e2e/support/use-present-build.ts",
  // Two cores: half of each test is waiting.
  workers: 2,
  fullyParallel: true,
  retries: 0,
  timeout: 600_000,
  expect: { timeout: 90_000 },
  projects: [
    { name: "fast", testIgnore: [HOSTILE, VITALS] },
    { name: "more", testMatch: [LOOKED_AT, VITALS, HOSTILE] },
    { name: "hostile", testMatch: HOSTILE },
  ],
});
