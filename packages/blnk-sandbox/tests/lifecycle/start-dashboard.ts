import { expect, onTestFinished } from "vitest";

import { createDashboard } from "../../dashboard/dashboard.ts";
import type { DashboardOptions } from "../../dashboard/dashboard.ts";
import { Keyring } from "../../keyring.ts";
import type { AppEvent } from "../../lifecycle/event-log.ts";
import type { Install } from "../../lifecycle/lifecycle.ts";
import { defaultSwitches } from "../../switches.ts";

import { manifestOf } from "./app-stub.ts";
import { listen } from "./listen.ts";

export const PRODUCTION = "inst_production";
export const STAGING = "inst_staging";

/** A dashboard of its own on loopback, with two instances and no ledger behind them. */
export async function startDashboard(options: Pick<DashboardOptions, "apps" | "portalOrigins"> = {}) {
  const keyring = new Keyring();
  const switches = defaultSwitches();
  const { handler, lifecycle } = createDashboard({
    ...options,
    keyring,
    switches,
    workspace: {
      organization_id: "org_test",
      name: "Test",
      instances: [
        { id: PRODUCTION, name: "Production" },
        { id: STAGING, name: "Staging" },
      ],
    },
  });
  const origin = await listen(handler);
  onTestFinished(() => lifecycle.close());

  const post = async (path: string, body: unknown = {}) =>
    readAnswer(
      await fetch(origin + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  const get = async (path: string) => readAnswer(await fetch(origin + path));

  return {
    origin,
    keyring,
    switches,
    post,
    get,
    async register(appOrigin: string, change: Record<string, unknown> = {}): Promise<string> {
      const answer = await post("/api/apps", manifestOf(appOrigin, change));
      expect(answer.status).toBe(201);
      return answer.body.app_id;
    },
    async install(appId: string, instanceId = PRODUCTION, granted = ["data:read"]) {
      return post("/api/installs", {
        app_id: appId,
        instance_id: instanceId,
        granted_permissions: granted,
      });
    },
    async installs(): Promise<Install[]> {
      return (await get("/api/state")).body.installs;
    },
    async events(): Promise<AppEvent[]> {
      return (await get("/api/events")).body.events;
    },
  };
}

// The tests assert on the shapes themselves; typing each answer would only repeat them.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any;

async function readAnswer(response: Response): Promise<{ status: number; body: Json }> {
  return { status: response.status, body: await response.json() };
}
