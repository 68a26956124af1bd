import fc from "fast-check";
import { expect, test } from "vitest";

import { DomainError } from "#app/platform/errors.ts";
import { listHeldKeys } from "#app/platform/installs/install-keys.server.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import { report } from "#tests/support/report.ts";
import { openWorld, type World } from "#tests/support/open-world.ts";

import { LifecycleModel, type Step } from "./lifecycle-model.ts";

const KEYS = ["blnk_k1", "blnk_k2", "blnk_k3"];
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
        key: fc.constantFrom(...KEYS),
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
  {
    weight: 1,
    arbitrary: fc.tuple(...KEYS.map(() => fc.constantFrom(200, 401, 401, 403, 403, 500))).map((statuses) => ({
      do: "settle" as const,
      cloud: Object.fromEntries(KEYS.map((key, index) => [key, statuses[index]!])),
    })),
  },
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

const SEQUENCES = Number(process.env["LIFECYCLE_SEQUENCES"] ?? 120);

let runs = 0;

test(
  "any sequence of installs, replays, retries, late deliveries, uninstalls, launches and proofs ends as the rules say",
  async () => {
    const world = await openWorld();
    await fc.assert(
      fc.asyncProperty(sequence, async (steps) => {
        const prefix = `run${(runs += 1)}_`;
        const model = new LifecycleModel();
        for (const next of steps) {
          world.advance(1);
          if (next.do === "settle") {
            await settle(world, [...model.installs.keys()], next.cloud);
            model.settle(next.cloud);
          } else {
            const step = { ...next, id: prefix + next.id };
            expect(await send(world, step)).toBe(model.receive(step));
          }
          await compare(world, model);
        }
        // Or their proofs would run in every later sequence.
        for (const installed_app_id of model.installs.keys()) await end(world, installed_app_id);
      }),
      { seed: 20261124, numRuns: SEQUENCES },
    );
    report("S3", `${runs} sequences equal`, `${SEQUENCES}`);
  },
  60_000 + SEQUENCES * 1000,
);

test("a model that forgets which keys were used is told apart, so the comparison bites", async () => {
  const world = await openWorld();
  const model = new LifecycleModel();
  const install = {
    do: "install" as const,
    id: "a",
    app: "app_1",
    instance: "inst_1",
    key: "blnk_k1",
    permissions: [],
    idempotencyKey: "install:a",
  };
  const uninstall = {
    do: "uninstall" as const,
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

test("a model that expects the newest key to stay whatever Cloud says is told apart", async () => {
  const world = await openWorld();
  const model = new LifecycleModel();
  const install = (key: string, permissions: string[]) =>
    ({
      do: "install",
      id: "a",
      app: "app_1",
      instance: "inst_1",
      key,
      permissions,
      idempotencyKey: `install:${key}`,
    }) as const;
  const cloud = { blnk_k1: 200, blnk_k2: 403 };
  for (const step of [install("blnk_k1", ["data:read"]), install("blnk_k2", [])])
    expect(await send(world, step)).toBe(model.receive(step));
  await settle(world, ["a"], cloud);
  await expect(compare(world, model)).rejects.toThrow("to deeply equal");
  model.settle(cloud);
  await compare(world, model);
});

/** Half a minute as Cloud would have it, beginning with a proof, as at a launch. */
async function settle(world: World, ids: string[], cloud: Record<string, number>): Promise<void> {
  for (const [key, status] of Object.entries(cloud)) world.standIn.answer(key, status);
  for (const id of ids) {
    const install = await world.findInstall(id);
    if (install?.state !== "active") continue;
    const { installed_app_id, generation } = install;
    const due_at = world.clock.now();
    await world.db.write((tx) =>
      enqueueJob(tx, { kind: "prove_key", installed_app_id, generation, due_at }, due_at),
    );
  }
  for (const wait of [0, 3000, 15_000, 3000]) await world.work(wait);
  await world.worker.stop();
}

async function end(world: World, id: string): Promise<void> {
  const { installed_app_id, app_id, instance_id } = (await world.findInstall(id))!;
  await world.uninstall({ installed_app_id, app_id, instance_id, uninstalled_at: undefined });
}

async function send(world: World, step: Exclude<Step, { do: "settle" }>): Promise<string> {
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
      keyState: install?.state === "active" ? install.key_state : undefined,
      held: (await heldKeys(world, installedAppId)).slice(1),
      key: (await world.currentKey(installedAppId)) ?? null,
      permissions: JSON.parse(install?.granted_permissions ?? "null") as unknown,
      liveLaunches: launches.length,
    }).toEqual({
      app: expected.app,
      instance: expected.instance,
      active: expected.active,
      keyState: expected.active ? expected.keyState : undefined,
      held: expected.held.toSorted((a, b) => b.generation - a.generation).map(({ key }) => key),
      key: expected.active ? expected.current.key : null,
      permissions: expected.current.permissions,
      liveLaunches: expected.liveLaunches,
    });
  }
}

async function heldKeys(world: World, installedAppId: string): Promise<string[]> {
  const install = (await world.findInstall(installedAppId))!;
  const held = await listHeldKeys(world.db.read, installedAppId);
  return held.map(({ box }) => world.sealer.open("api_key", install, box));
}
