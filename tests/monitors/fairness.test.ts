import { setTimeout as sleep } from "node:timers/promises";

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
      await world.install(name, { instanceId: instance.id });
      await world.monitor(below({ balance_id }, "50.00"), name);
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

test.each([
  { waiting: 64, evaluated: 10 },
  { waiting: 0, evaluated: 0 },
])(
  "with room for $waiting jobs that wait, $evaluated of 10 installs are evaluated while 40 hang",
  { timeout: 60_000 },
  async ({ waiting, evaluated }) => {
    const sandbox = await openSandbox({ instances: ["production", "slow"] });
    const world = await openWatchedWorld({
      sandbox,
      callMs: 60_000,
      slowMs: 100,
      workerLimits: { waiting },
    });
    const [, slow] = sandbox.workspace.instances;
    const { balance_id } = openWallet(world.ledger);
    for (let index = 0; index < 50; index += 1) {
      const name = index < 40 ? `hangs_${index}` : `good_${index}`;
      await world.install(name, index < 40 ? { instanceId: slow!.id } : {});
      await world.monitor(below({ balance_id }, "50.00"), name);
    }
    sandbox.faults.add({ kind: "hang", instance_id: slow!.id });
    const count = async () =>
      (await world.monitors()).filter(({ evaluated_at }) => evaluated_at !== null).length;

    await world.worker.start();
    if (evaluated > 0) await expect.poll(count, { timeout: 20_000 }).toBe(evaluated);
    else await sleep(3_000);
    expect(await count()).toBe(evaluated);
    // Those that hang still do: nobody has waited for them.
    expect((await world.monitors()).filter(({ problem }) => problem !== null)).toEqual([]);
  },
);
