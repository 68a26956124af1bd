import { test as base, expect } from "@playwright/test";

import type { CookiePolicy } from "./chromium.ts";
import { type HostedBrowser, startBrowser, startWorld, type World } from "./world.ts";

/**
 * Each test has a world of its own, in which nothing may fail on a console that the test did not expect; only the browser
 * is shared, by a worker's tests one after the other.
 */
export const test = base.extend<
  { seed: "demo" | "empty"; world: World },
  { cookies: CookiePolicy; hostedBrowser: HostedBrowser }
>({
  cookies: ["third_parties_blocked", { option: true, scope: "worker" }],
  hostedBrowser: [
    async ({ cookies }, use) => {
      const browser = await startBrowser(cookies);
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  seed: ["demo", { option: true }],
  world: async ({ hostedBrowser, seed }, use) => {
    const world = await startWorld(hostedBrowser, seed);
    world.context.setDefaultTimeout(90_000);
    await use(world);
    await world.close();
    expect(world.unexpectedErrors()).toEqual([]);
  },
});

export { expect };
