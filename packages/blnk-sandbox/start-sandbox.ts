import { randomBytes } from "node:crypto";
import { AlertBook, AlertStatuses } from "./alerts.ts";
import { createApi } from "./api/api-server.ts";
import { createControl } from "./control/control-server.ts";
import { createDashboard } from "./dashboard/dashboard.ts";
import { Faults } from "./faults.ts";
import { Journal } from "./journal.ts";
import { type ApiKey, Keyring } from "./keyring.ts";
import { Clock } from "./ledger/instant.ts";
import { Ledger } from "./ledger/ledger.ts";
import { seedDemo } from "./seed/demo.ts";
import { startLiveTraffic } from "./seed/live-traffic.ts";
import { seedScale } from "./seed/scale.ts";
import { WalletBusiness } from "./seed/wallet-business.ts";
import { listen } from "./listen.ts";
import { type Switches, defaultSwitches } from "./switches.ts";
import type { Instance, Workspace } from "./workspace.ts";

export type SandboxOptions = {
  /** The API's port; 0 (the default) picks a free one. The dashboard's and control's are always free ones unless given. */
  port?: number;
  dashboardPort?: number;
  controlPort?: number;
  /** `demo` writes three months of a wallet company's history into the first instance and a fortnight into the others. Default `empty`. */
  seed?: "demo" | "empty";
  live?: boolean;
  /** Adds that many balances, each with a row, to the first instance. */
  scale?: number;
  /** Names of the organization's instances, each with a ledger of its own. */
  instances?: string[];
  switches?: Partial<Switches>;
  /** Apps that are registered from the start. */
  apps?: Parameters<typeof createDashboard>[0]["apps"];
  portalOrigins?: string[];
};

const ALL_SCOPES = ["data:read", "data:write", "alerts:read", "alerts:write"];

/** A running stand-in for Blnk Cloud. Origins are bare; `apiKey` has all four scopes on `instanceId`. */
export type Sandbox = {
  api: string;
  dashboard: string;
  control: string;
  instanceId: string;
  apiKey: string;
  workspace: Workspace;
  keyring: Keyring;
  switches: Switches;
  journal: Journal;
  faults: Faults;
  lifecycle: ReturnType<typeof createDashboard>["lifecycle"];
  /** A key as the dashboard would make one, for an instance (default: the first) and scopes (default: all four). */
  mintKey(scopes?: string[], instanceId?: string): ApiKey;
  close(): Promise<void>;
};

/** Starts a sandbox on 127.0.0.1. Several may run in one process; they share nothing. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const switches = { ...defaultSwitches(), ...options.switches };
  const workspace = createWorkspace(options.instances ?? ["production", "staging"], switches);
  const traffic = fillLedgers(workspace, options);
  const keyring = new Keyring();
  const journal = new Journal();
  const faults = new Faults();
  const [first] = workspace.instances;
  const mintKey = (scopes = ALL_SCOPES, instance_id = first!.id) =>
    keyring.mint({ instance_id, scopes, installed_app_id: null, state: "active" });

  const { apps, portalOrigins } = options;
  const { handler, lifecycle } = createDashboard({ workspace, keyring, switches, apps, portalOrigins });
  const parts = { workspace, keyring, switches, journal, faults };
  const api = await listen(createApi(parts), options.port);
  const dashboard = await listen(handler, options.dashboardPort);
  const control = await listen(createControl({ ...parts, mintKey }), options.controlPort);
  return {
    api: api.origin,
    dashboard: dashboard.origin,
    control: control.origin,
    instanceId: first!.id,
    apiKey: mintKey().key,
    workspace,
    keyring,
    switches,
    journal,
    faults,
    lifecycle,
    mintKey,
    close: async () => {
      for (const stop of traffic) stop();
      for (const { ledger } of workspace.instances) ledger.queue.close();
      await Promise.all([api.close(), dashboard.close(), control.close()]);
    },
  };
}

function createWorkspace(names: string[], switches: Switches): Workspace {
  const instances = names.map((name): Instance => {
    const ledger = new Ledger(switches);
    return { id: newShortId("inst"), name, ledger, alerts: new AlertBook(ledger.clock) };
  });
  return {
    organization_id: newShortId("org"),
    name: "Lagoon Pay",
    instances,
    alert_statuses: new AlertStatuses(instances[0]?.ledger.clock ?? new Clock()),
  };
}

function fillLedgers(workspace: Workspace, options: SandboxOptions): (() => void)[] {
  const traffic: (() => void)[] = [];
  for (const [index, instance] of workspace.instances.entries()) {
    const isFirst = index === 0;
    const seeded =
      options.seed === "demo"
        ? seedDemo(workspace, instance, isFirst ? 90 : 14, 20_260_401 + index)
        : undefined;
    if (isFirst && options.scale !== undefined) seedScale(instance.ledger, options.scale);
    if (options.live === true) {
      const business = seeded ?? new WalletBusiness(instance.ledger, Math.random, "live");
      traffic.push(startLiveTraffic(business, Math.random));
    }
  }
  return traffic;
}

function newShortId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}
