import type { Monitor } from "../definition/monitor.ts";

/** The paths of metadata that monitors select by: nothing else of it is read. */
export function selectedPaths(monitors: readonly { monitor: Monitor }[]): string[] {
  const paths = monitors.flatMap(({ monitor: { kind, select, condition } }) => [
    ...Object.keys(select.meta_data ?? {}),
    ...(kind === "balance_threshold" && condition.limit.type === "compared"
      ? Object.keys(condition.limit.select.meta_data ?? {})
      : []),
  ]);
  return [...new Set(paths)];
}
