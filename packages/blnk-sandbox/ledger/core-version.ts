/** The releases of Core whose behavior differs in what an app can see, oldest first. */
export const CORE_VERSIONS = ["0.14", "0.15.2", "0.15.3", "0.15.4"] as const;

export type CoreVersion = (typeof CORE_VERSIONS)[number];

export function isSince(version: CoreVersion, first: CoreVersion): boolean {
  return CORE_VERSIONS.indexOf(version) >= CORE_VERSIONS.indexOf(first);
}
