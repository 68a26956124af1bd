import { expect, test } from "vitest";

import { below, openSandbox, openWallet, openWatchedWorld, type WatchedWorld } from "./watched-world.ts";

const evaluatedAt = async (world: WatchedWorld, id: string) =>
  (await world.db.read.selectFrom("monitors").select("evaluated_at").where("id", "=", id).executeTakeFirst())
    ?.evaluated_at ?? null;

test("installs that hang, fail or are revoked do not delay the others", { timeout: 60_000 }, async () => {
  const sandbox = await openSandbox({ instances: ["production", "slow", "broken"] });
  const world = await openWatchedWorld({ sandbox, callMs: 4000 });
  const [, slow, broken] = sandbox.workspace.instances;
  const { balance_id } = openWallet(world.ledger);
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    for (const instance of [slow!, broken!]) {
      const name = `${instance.name}_${index}`;
      const { installed_app_id } = await world.install(name);
      await world.db.write((tx) =>
        tx
          .updateTable("installs")
          .set({ instance_id: instance.id })
          .where("installed_app_id", "=", name)
          .execute(),
      );
      await world.monitor(below({ balance_id }, "50.00"), installed_app_id);
    }
  }
  const revoked = await world.install("revoked");
  revoked.key.state = "revoked";
  await world.monitor(below({ balance_id }, "50.00"), "revoked");
  for (let index = 0; index < 10; index += 1) {
    await world.install(`good_${index}`);
    ids.push(await world.monitor(below({ balance_id }, "50.00"), `good_${index}`));
  }
  sandbox.faults.add({ kind: "hang", instance_id: slow!.id });
  sandbox.faults.add({ kind: "status", status: 503, instance_id: broken!.id });

  const started = performance.now();
  const working = world.work();
  await expect
    .poll(
      async () => (await Promise.all(ids.map((id) => evaluatedAt(world, id)))).every((at) => at !== null),
      { timeout: 20_000, interval: 20 },
    )
    .toBe(true);
  expect(performance.now() - started).toBeLessThan(3000);
  await working;
  const troubled = (await world.monitors()).filter(
    ({ installed_app_id }) => !installed_app_id.startsWith("good"),
  );
  expect(troubled).toHaveLength(7);
  expect(troubled.every(({ problem }) => problem !== null)).toBe(true);
});
