import { expect, test } from "vitest";

import { startApp } from "#tests/support/start-app.ts";

test("every call of 20 installs carries its own key and its own instance_id, once", async () => {
  const app = await startApp();
  const indices = Array.from({ length: 20 }, (_, index) => index);
  await Promise.all(
    indices.map((index) =>
      app.install({
        installed_app_id: `instapp_${index}`,
        instance_id: `inst_${index}`,
        api_key: `blnk_of_${index}`,
        granted_permissions: ["data:read", "alerts:read"],
      }),
    ),
  );
  await expect
    .poll(() => app.rows("select 1 from installs where key_state = 'working'").length, { timeout: 15_000 })
    .toBe(20);
  const pairs = app.cloud.journal.map(({ key, instanceIds }) => [key, instanceIds]);
  for (const [key, instanceIds] of pairs)
    expect(instanceIds).toEqual([String(key).replace("blnk_of_", "inst_")]);
  expect(new Set(pairs.map(([key]) => key)).size).toBe(20);
});
