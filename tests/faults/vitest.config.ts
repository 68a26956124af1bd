import { defineConfig } from "vitest/config";

/** `npm run test:faults`: what needs more of the machine than the other tests may ask for. */
export default defineConfig({
  test: { include: ["tests/faults/**/*.faults.ts"], maxWorkers: 1 },
});
