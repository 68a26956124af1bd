import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

type Exceptions = { but?: string[] };

/** The rules by which one theme can be worse than the other: all else in a page is the same. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

export const THEMES = ["dark", "light"] as const;

/** The rule takes a frame's landmarks for more of the dashboard's own. */
export const WITH_FRAME: Exceptions = { but: ["landmark-unique"] };

/** By axe, and with `npm run screenshots` by whoever looks at the picture. */
export async function judge(page: Page, name: string, { but = [] }: Exceptions = {}): Promise<void> {
  await look(page, name, axeOf(page).disableRules(but));
}

/** To put together what it finds in frames of other sites, axe opens a page; where there are none that takes half of its time. */
function axeOf(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode(page.frames().length === 1);
}

async function look(page: Page, name: string, axe: AxeBuilder): Promise<void> {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `screenshots/${name}.png`, fullPage: true });
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) }))).toEqual([]);
}

/** `npm test` takes the dark theme for narrow pages and the light one for wide ones; the longer run takes both for each. */
export async function judgeThemes(page: Page, name: string, exceptions?: Exceptions): Promise<void> {
  const narrow = (page.viewportSize()?.width ?? 0) < 1000;
  const themes = test.info().project.name === "fast" ? ([narrow ? "dark" : "light"] as const) : THEMES;
  for (const [index, colorScheme] of themes.entries()) {
    await page.emulateMedia({ colorScheme });
    // A frame of another site follows a moment later.
    for (const frame of page.frames()) await frame.waitForFunction(isShownIn, colorScheme);
    if (index === 0) await judge(page, `${name}-${colorScheme}`, exceptions);
    else await look(page, `${name}-${colorScheme}`, axeOf(page).withRules(COLOUR_RULES));
  }
}

function isShownIn(colorScheme: string): boolean {
  return matchMedia(`(prefers-color-scheme: ${colorScheme})`).matches;
}
