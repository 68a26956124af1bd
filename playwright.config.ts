import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  // Two cores, and each test starts a browser of its own.
  workers: 1,
  retries: 0,
  timeout: 600_000,
  expect: { timeout: 90_000 },
});
