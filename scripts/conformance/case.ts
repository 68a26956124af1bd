import type { DashboardApp } from "./dashboard-app.ts";
import type { Scene } from "./scene.ts";

/** One row of the contract's table I. Throws when the target behaves otherwise; what it answers is a note for the reader. */
export type Case = {
  number: number;
  title: string;
  run: (scene: Scene) => Promise<void | string>;
};

/** A case of the app life cycle, which needs Cloud's dashboard. */
export type LifecycleCase = {
  number: number;
  title: string;
  run: (app: DashboardApp) => Promise<void>;
};
