/** How a launch shows times and colours. */
export type Display = {
  /** `UTC`, or the browser's own IANA zone. */
  timeZone: string;
  /** `auto`: as the browser prefers. */
  theme: Theme;
};

export const THEMES = ["auto", "dark", "light"] as const;
export type Theme = (typeof THEMES)[number];

export const DEFAULT_DISPLAY: Display = { timeZone: "UTC", theme: "auto" };
