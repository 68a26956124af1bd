import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

type Exceptions = { but?: string[] };

export const THEMES = ["dark", "light"] as const;

/** The rule takes a frame's landmarks for more of the dashboard's own. */
export const WITH_FRAME: Exceptions = { but: ["landmark-unique"] };

/** By axe, and by whoever looks at the picture. */
export async function judge(page: Page, name: string, { but = [] }: Exceptions = {}): Promise<void> {
  await page.screenshot({ path: `screenshots/${name}.png`, fullPage: true });
  const { violations } = await new AxeBuilder({ page }).disableRules(but).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) }))).toEqual([]);
}

export async function judgeInBothThemes(page: Page, name: string, exceptions?: Exceptions): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    // A frame of another site follows a moment later.
    for (const frame of page.frames()) await frame.waitForFunction(isShownIn, colorScheme);
    await judge(page, `${name}-${colorScheme}`, exceptions);
  }
}

function isShownIn(colorScheme: string): boolean {
  return matchMedia(`(prefers-color-scheme: ${colorScheme})`).matches;
}
