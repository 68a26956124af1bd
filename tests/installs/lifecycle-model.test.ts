import fc from "fast-check";
import { expect, test } from "vitest";

import { DomainError } from "#app/errors.ts";
import { report } from "#tests/faults/report.ts";
import { openWorld, type World } from "#tests/support/open-world.ts";

import { LifecycleModel, type Step } from "./lifecycle-model.ts";

const id = fc.constantFrom("a", "b");
const app = fc.constantFrom("app_1", "app_1", "app_1", "app_1", "app_2");
const instance = fc.constantFrom("inst_1", "inst_1", "inst_1", "inst_1", "inst_2");

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        do: fc.constant("install" as const),
        id,
        app,
        instance,
        key: fc.constantFrom("blnk_k1", "blnk_k2", "blnk_k3"),
        permissions: fc.constantFrom<string[]>(
          [],
          ["data:read"],
          ["data:read", "alerts:write"],
          ["alerts:write", "data:read"],
        ),
        other: fc.constantFrom("", "", "", ":again"),
      })
      .map(({ other, ...fields }) => ({ ...fields, idempotencyKey: `install:${fields.id}${other}` })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        do: fc.constant("uninstall" as const),
        id,
        app,
        instance,
        at: fc.constantFrom(null, "2026-11-24T12:00:00Z", "2026-11-24T13:00:00Z"),
      })
      .map((fields) => ({ ...fields, idempotencyKey: `uninstall:${fields.id}` })),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("launch" as const), id, app, instance }) },
);

/** A sequence in which any earlier step may come again: replays, retries and late deliveries. */
const sequence = fc
  .array(fc.record({ step, repeat: fc.option(fc.nat(100), { freq: 2 }) }), { minLength: 1, maxLength: 15 })
  .map((entries) => {
    const steps: Step[] = [];
    for (const { step, repeat } of entries)
      steps.push(repeat !== null && steps.length > 0 ? steps[repeat % steps.length]! : step);
    return steps;
  });

const SEQUENCES = Number(process.env["LIFECYCLE_SEQUENCES"] ?? 300);

let runs = 0;

test(
  "any sequence of installs, replays, retries, late deliveries, uninstalls and launches ends as the rules say",
  async () => {
    const world = await openWorld();
    await fc.assert(
      fc.asyncProperty(sequence, async (steps) => {
        const prefix = `run${(runs += 1)}_`;
        const model = new LifecycleModel();
        for (const next of steps) {
          const step = { ...next, id: prefix + next.id };
          world.advance(1);
          expect(await send(world, step)).toBe(model.receive(step));
          await compare(world, model);
        }
      }),
      { seed: 20261124, numRuns: SEQUENCES },
    );
    report("S3", `${runs} sequences equal`, `${SEQUENCES}`);
  },
  60_000 + SEQUENCES * 200,
);

test("a model that forgets which keys were used is told apart, so the comparison bites", async () => {
  const world = await openWorld();
  const model = new LifecycleModel();
  const install: Step = {
    do: "install",
    id: "a",
    app: "app_1",
    instance: "inst_1",
    key: "blnk_k1",
    permissions: [],
    idempotencyKey: "install:a",
  };
  const uninstall: Step = {
    do: "uninstall",
    id: "a",
    app: "app_1",
    instance: "inst_1",
    at: null,
    idempotencyKey: "uninstall:a",
  };
  for (const step of [install, uninstall]) expect(await send(world, step)).toBe(model.receive(step));
  model.installs.get("a")!.usedKeys.clear();
  const replay = { ...install, idempotencyKey: "install:a:again" };
  const outcomes = { app: await send(world, replay), model: model.receive(replay) };
  report("S3 control", `a forgetful model says ${outcomes.model}, the app ${outcomes.app}`, "not the same");
  expect(outcomes.app).not.toBe(outcomes.model);
});

async function send(world: World, step: Step): Promise<string> {
  const ids = { installed_app_id: step.id, app_id: step.app, instance_id: step.instance };
  try {
    if (step.do === "launch") return (await world.launch(ids)) && "launched";
    const { outcome } =
      step.do === "install"
        ? await world.install({
            ...ids,
            api_key: step.key,
            granted_permissions: step.permissions,
            idempotency_key: step.idempotencyKey,
          })
        : await world.uninstall({ ...ids, uninstalled_at: step.at, idempotency_key: step.idempotencyKey });
    return outcome;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

async function compare(world: World, model: LifecycleModel): Promise<void> {
  for (const [installedAppId, expected] of model.installs) {
    const install = await world.findInstall(installedAppId);
    const launches = await world.db.read
      .selectFrom("launches")
      .select("launch_id")
      .where("installed_app_id", "=", installedAppId)
      .where("ended_at", "is", null)
      .execute();
    expect({
      app: install?.app_id,
      instance: install?.instance_id,
      active: install?.state === "active",
      key: (await currentKey(world, installedAppId)) ?? null,
      permissions: JSON.parse(install?.granted_permissions ?? "null") as unknown,
      liveLaunches: launches.length,
    }).toEqual({
      app: expected.app,
      instance: expected.instance,
      active: expected.active,
      key: expected.key,
      permissions: expected.permissions,
      liveLaunches: expected.liveLaunches,
    });
  }
}

async function currentKey(world: World, installedAppId: string): Promise<string | undefined> {
  const install = await world.findInstall(installedAppId);
  const row = await world.db.read
    .selectFrom("install_keys")
    .select("box")
    .where("installed_app_id", "=", installedAppId)
    .where("generation", "=", install!.generation)
    .executeTakeFirst();
  return row?.box ? world.sealer.open("api_key", install!, row.box) : undefined;
}
