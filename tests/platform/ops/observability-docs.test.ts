import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { features } from "#app/app.server.ts";
import { createMetrics } from "#app/platform/http/metrics.server.ts";
import { createLog } from "#app/platform/http/log.server.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../docs/observability/${name}`, import.meta.url), "utf8");

/** Every metric that a server offers, by the name that Prometheus knows it by. */
async function offeredMetrics(): Promise<Set<string>> {
  const metrics = createMetrics();
  const unread = features.readings.map(({ name, help }) => ({ name, help, read: async () => 0 }));
  metrics.observe(undefined, unread, createLog("silent"));
  return new Set([...(await metrics.text()).matchAll(/^# TYPE (\w+)/gm)].map((match) => match[1]!));
}

test.each(["grafana-dashboard.json", "alert-rules.yml", "README.md"])(
  "%s names only metrics that there are",
  async (name) => {
    const offered = await offeredMetrics();
    const named = read(name).match(/\b(tidemark|nodejs|process)_[a-z0-9_]+(?<!_)/g) ?? [];
    expect(named.length).toBeGreaterThan(5);
    const known = named.map((metric) => metric.replace(/_(bucket|count|sum)$/, ""));
    expect(known.filter((metric) => !offered.has(metric))).toEqual([]);
  },
);

test("every metric of ours is explained", async () => {
  const own = [...(await offeredMetrics())].filter((metric) => metric.startsWith("tidemark_"));
  const text = read("README.md");
  expect(own.filter((metric) => !text.includes(`\`${metric}\``))).toEqual([]);
});
