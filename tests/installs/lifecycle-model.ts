/**
 * A second, plain reading of the install rules (kind, mismatch, fingerprint, duplicate, install, uninstall), in memory and
 * without the app's code, to hold the app against. It leaves key proofs out.
 */
export type Step =
  | {
      do: "install";
      id: string;
      app: string;
      instance: string;
      key: string;
      permissions: string[];
      idempotencyKey: string;
    }
  | { do: "uninstall"; id: string; app: string; instance: string; at: string | null; idempotencyKey: string }
  | { do: "launch"; id: string; app: string; instance: string };

type Remembered = {
  app: string;
  instance: string;
  active: boolean;
  key: string | null;
  permissions: string[];
  usedKeys: Set<string>;
  liveLaunches: number;
};

export class LifecycleModel {
  readonly installs = new Map<string, Remembered>();
  readonly #outcomes = new Map<string, string>();

  receive(step: Step): string {
    if (step.do === "launch") return this.#launch(step);
    const identity = JSON.stringify([
      step.idempotencyKey,
      step.do,
      step.id,
      step.app,
      step.instance,
      step.do === "install" ? [step.key, [...new Set(step.permissions)].sort()] : step.at,
    ]);
    const outcome = step.do === "install" ? this.#install(step, identity) : this.#uninstall(step, identity);
    if (outcome !== "duplicate") this.#outcomes.set(identity, outcome);
    return outcome;
  }

  #mismatches(step: Step): boolean {
    const known = this.installs.get(step.id);
    return known !== undefined && (known.app !== step.app || known.instance !== step.instance);
  }

  #install(step: Step & { do: "install" }, identity: string): string {
    if (this.#mismatches(step)) return "refused";
    if (this.#outcomes.get(identity) === "applied") return "duplicate";
    const known = this.installs.get(step.id);
    const isCurrent = known?.active === true && known.key === step.key;
    if (known?.usedKeys.has(step.key) && !isCurrent) return "duplicate";
    this.installs.set(step.id, {
      app: step.app,
      instance: step.instance,
      active: true,
      key: step.key,
      permissions: [...new Set(step.permissions)].sort(),
      usedKeys: new Set([...(known?.usedKeys ?? []), step.key]),
      liveLaunches: 0,
    });
    return "applied";
  }

  #uninstall(step: Step & { do: "uninstall" }, identity: string): string {
    if (this.#mismatches(step)) return "refused";
    const known = this.installs.get(step.id);
    const inDoubt = step.at === null && known?.active === true;
    if (this.#outcomes.get(identity) === "applied" && !inDoubt) return "duplicate";
    if (!known) return "ignored";
    known.active = false;
    known.key = null;
    known.liveLaunches = 0;
    return "applied";
  }

  #launch(step: Step & { do: "launch" }): string {
    const known = this.installs.get(step.id);
    if (!known) return "unknown_install";
    if (this.#mismatches(step)) return "mismatch";
    if (!known.active) return "inactive_install";
    known.liveLaunches += 1;
    return "launched";
  }
}
