import { test as base, expect } from "@playwright/test";

import type { CookiePolicy } from "./chromium.ts";
import { startWorld, type World } from "./world.ts";

/** Each test has a world of its own, in which nothing may fail on a console that the test did not expect. */
export const test = base.extend<{ cookies: CookiePolicy; seed: "demo" | "empty"; world: World }>({
  cookies: ["third_parties_blocked", { option: true }],
  seed: ["demo", { option: true }],
  world: async ({ cookies, seed }, use) => {
    const world = await startWorld({ cookies, seed });
    world.context.setDefaultTimeout(90_000);
    await use(world);
    await world.close();
    expect(world.unexpectedErrors()).toEqual([]);
  },
});

export { expect };
