import { randomBytes } from "node:crypto";

import type { ApiKey, Keyring } from "../keyring.ts";
import type { Switches } from "../switches.ts";
import type { Instance, Workspace } from "../workspace.ts";
import { AppClient } from "./app-client.ts";
import { explainFailure, isSuccess } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { CallbackSender } from "./callback-sender.ts";
import type { Callback } from "./callback-sender.ts";
import { EventLog } from "./event-log.ts";
import { LifecycleError } from "./lifecycle-error.ts";
import type { Manifest } from "./manifest.ts";
import { readPortalUrl } from "./portal-url.ts";

/** The part of the workspace that an app's life concerns: no ledger. */
export type Organization = Pick<Workspace, "organization_id" | "name"> & {
  instances: Pick<Instance, "id" | "name">[];
};

export type App = Manifest & { app_id: string };

export type Grant = { app_id: string; instance_id: string; granted_permissions: string[] };

export type Install = Grant & {
  installed_app_id: string;
  api_key_prefix: string;
  state: "installing" | "active" | "uninstalling" | "uninstalled" | "cancelled";
  /** Why the last event sent for this install did not succeed, in words; null when it did. */
  failure: string | null;
  installed_at: number | null;
  uninstalled_at: number | null;
};

export type Launch = { portal_url: string } | { failure: string };

/** The user who sits at the dashboard. Only the older launch payload tells the app (contract A.5). */
const USER_ID = "user_sandbox";

/**
 * Cloud's side of an app's life, to the letter of contract A.3 to A.5: what it sends, how long it waits, and what
 * the app's answer does to the install and its key. Points that the contract leaves open follow the switches.
 */
export class Lifecycle {
  readonly events = new EventLog();
  readonly workspace: Organization;
  readonly #keyring: Keyring;
  readonly #switches: Switches;
  readonly #client = new AppClient(this.events);
  readonly #callbacks: CallbackSender;
  readonly #apps = new Map<string, App>();
  readonly #installs = new Map<string, Install>();

  constructor(sandbox: { workspace: Organization; keyring: Keyring; switches: Switches }) {
    this.workspace = sandbox.workspace;
    this.#keyring = sandbox.keyring;
    this.#switches = sandbox.switches;
    this.#callbacks = new CallbackSender(this.#switches, this.#client, this.events);
  }

  apps(): App[] {
    return [...this.#apps.values()];
  }

  /** In the order in which they were last begun. */
  installs(): Install[] {
    return [...this.#installs.values()];
  }

  /** Adds an app without asking its URLs, for one that is started afterwards. */
  addApp(manifest: Manifest): App {
    const app = { app_id: newId("app"), ...manifest };
    this.#apps.set(app.app_id, app);
    return app;
  }

  /** Adds an app once both its URLs answer an unauthenticated GET with anything but a 5xx (contract A.1). */
  async registerApp(manifest: Manifest): Promise<App> {
    for (const field of ["registration_callback_url", "portal_generator_url"] as const) {
      const probe = { kind: "probe", delivery: "first", sent: null } as const;
      const answer = await this.#client.call(manifest[field], probe, this.#switches.callback_timeout_ms);
      if (answer.outcome !== "answered" || answer.status >= 500) {
        throw new LifecycleError("unreachable", `${field}: ${this.#explain(answer)}`);
      }
    }
    return this.addApp(manifest);
  }

  /**
   * Mints a key and tells the app. A 2xx in time makes the install active; anything else cancels it and revokes the
   * key, which the app may then hold in vain.
   */
  async install(grant: Grant): Promise<Install> {
    const app = this.#app(grant.app_id);
    this.#requireGrantable(app, grant);
    const { install, key } = this.#begin(grant);
    const answer = await this.#callbacks.send(
      this.#callback("install", install, {
        api_key: key.key,
        api_key_prefix: key.prefix,
        granted_permissions: install.granted_permissions,
      }),
    );
    if (!isSuccess(answer)) {
      key.state = "revoked";
      return Object.assign(install, { state: "cancelled", failure: this.#explain(answer) } as const);
    }
    // A key that was revoked meanwhile, by a test, stays so.
    if (key.state === "pending") key.state = "active";
    return Object.assign(install, { state: "active", installed_at: Date.now() } as const);
  }

  /** Tells the app. A 2xx in time ends the install and its key; otherwise the install stays (contract A.4). */
  async uninstall(installedAppId: string): Promise<Install> {
    const install = this.#install(installedAppId);
    if (install.state !== "active") throw new LifecycleError("conflict", `This install is ${install.state}.`);
    install.state = "uninstalling";
    if (this.#switches.uninstall_revokes === "before_event") this.#revokeKeys(install);
    const now = Date.now();
    const uninstalledAt = new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
    const answer = await this.#callbacks.send(
      this.#callback("uninstall", install, { uninstalled_at: uninstalledAt }),
    );
    if (!isSuccess(answer)) {
      return Object.assign(install, { state: "active", failure: this.#explain(answer) } as const);
    }
    this.#revokeKeys(install);
    return Object.assign(install, { state: "uninstalled", failure: null, uninstalled_at: now } as const);
  }

  /**
   * Asks the app for a portal URL. An install that is not active, or another `instance_id`, is sent as well, which the
   * dashboard's page never does: that is how the app's own refusal is tested.
   */
  async launch(
    installedAppId: string,
    { instance_id, user_id = USER_ID }: { instance_id?: string | undefined; user_id?: string | undefined },
  ): Promise<Launch> {
    const install = this.#install(installedAppId);
    const app = this.#app(install.app_id);
    if (!app.launch_access.includes("everyone") && !app.launch_access.includes(user_id)) {
      throw new LifecycleError("forbidden", `Launch access does not include ${user_id}.`);
    }
    const sent = {
      ...this.#ids(install),
      ...(instance_id !== undefined && { instance_id }),
      ...(this.#switches.payload === "older" && { user_id }),
    };
    const answer = await this.#client.call(
      app.portal_generator_url,
      { kind: "launch", delivery: "first", sent },
      this.#switches.callback_timeout_ms,
    );
    if (!isSuccess(answer)) return { failure: this.#explain(answer) };
    const portalUrl = readPortalUrl(answer.body);
    return portalUrl === undefined
      ? { failure: "no usable portal_url came back" }
      : { portal_url: portalUrl };
  }

  /** Ends the calls under way and drops what was still to be sent. */
  close(): void {
    this.#client.close();
  }

  #app(appId: string): App {
    const app = this.#apps.get(appId);
    if (!app) throw new LifecycleError("unknown", "There is no such app.");
    return app;
  }

  #install(installedAppId: string): Install {
    const install = this.#installs.get(installedAppId);
    if (!install) throw new LifecycleError("unknown", "There is no such install.");
    return install;
  }

  #requireGrantable(app: App, grant: Grant): void {
    if (!this.workspace.instances.some((instance) => instance.id === grant.instance_id)) {
      throw new LifecycleError("unknown", "There is no such instance.");
    }
    const unasked = grant.granted_permissions.filter((scope) => !app.permissions.some((it) => it === scope));
    if (unasked.length > 0) {
      throw new LifecycleError("invalid", `The app does not ask for ${unasked.join(", ")}.`);
    }
    const earlier = this.#earlierInstall(grant);
    if (earlier && earlier.state !== "cancelled" && earlier.state !== "uninstalled") {
      throw new LifecycleError("conflict", "The app is installed on this instance already.");
    }
  }

  #earlierInstall(grant: Grant): Install | undefined {
    return this.installs().findLast(
      ({ app_id, instance_id }) => app_id === grant.app_id && instance_id === grant.instance_id,
    );
  }

  #begin(grant: Grant): { install: Install; key: ApiKey } {
    const earlier = this.#switches.reinstall_id === "same" ? this.#earlierInstall(grant) : undefined;
    const installedAppId = earlier?.installed_app_id ?? newId("instapp");
    const key = this.#keyring.mint({
      instance_id: grant.instance_id,
      scopes: [...grant.granted_permissions],
      installed_app_id: installedAppId,
      state: this.#switches.key_works === "during_callback" ? "active" : "pending",
    });
    const install: Install = {
      ...grant,
      installed_app_id: installedAppId,
      api_key_prefix: key.prefix,
      state: "installing",
      failure: null,
      installed_at: null,
      uninstalled_at: null,
    };
    // Out first, so that a reused id moves to the end.
    this.#installs.delete(installedAppId);
    this.#installs.set(installedAppId, install);
    return { install, key };
  }

  #revokeKeys(install: Install): void {
    for (const key of this.#keyring.ofInstall(install.installed_app_id)) key.state = "revoked";
  }

  #callback(kind: Callback["kind"], install: Install, fields: Record<string, unknown>): Callback {
    return {
      kind,
      url: this.#app(install.app_id).registration_callback_url,
      sent: {
        ...this.#ids(install),
        ...fields,
        idempotency_key: `${kind}:${install.installed_app_id}`,
      },
    };
  }

  #ids({ installed_app_id, app_id, instance_id }: Install) {
    return {
      installed_app_id,
      app_id,
      ...(this.#switches.payload === "older" && { organization_id: this.workspace.organization_id }),
      instance_id,
    };
  }

  #explain(answer: Answer): string {
    return explainFailure(answer, this.#switches.callback_timeout_ms);
  }
}

function newId(prefix: string): string {
  return `${prefix}_${randomBytes(10).toString("hex")}`;
}
