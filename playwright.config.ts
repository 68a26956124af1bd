import { defineConfig } from "@playwright/test";

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
});
