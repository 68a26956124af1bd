import type { CoreVersion } from "../ledger/core-version.ts";
import type { DashboardApp } from "./dashboard-app.ts";
import type { Scene } from "./scene.ts";

/** One thing that the contract says of Core or Cloud. Throws when the target behaves otherwise; what it answers is a note for the reader. */
export type Case = {
  number: number;
  title: string;
  /** The versions of Core that behave so; all of them when left out. */
  since?: CoreVersion;
  before?: CoreVersion;
  run: (scene: Scene) => Promise<void | string>;
};

/** A case of the app life cycle, which needs Cloud's dashboard. */
export type LifecycleCase = {
  number: number;
  title: string;
  run: (app: DashboardApp) => Promise<void>;
};
