/**
 * A second, plain reading of the install rules (kind, mismatch, fingerprint, duplicate, install, uninstall) and of the key
 * proof (docs/decisions/003), in memory and without the app's code, to hold the app against.
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
  | { do: "launch"; id: string; app: string; instance: string }
  /** Half a minute passes, in which Cloud answers each key's read of data with this status. */
  | { do: "settle"; cloud: Record<string, number> };

type Event = Exclude<Step, { do: "settle" }>;
type Applied = { key: string; permissions: string[]; event: string; arrived: number; generation: number };

type Remembered = {
  app: string;
  instance: string;
  active: boolean;
  generation: number;
  keyState: "unverified" | "working" | "rejected";
  /** The last one of an inactive install. */
  current: Applied;
  held: Applied[];
  usedKeys: Set<string>;
  provenKeys: Set<string>;
  /** Keys that Cloud refused since this one became current. */
  refusedKeys: Set<string>;
  liveLaunches: number;
};

export class LifecycleModel {
  readonly installs = new Map<string, Remembered>();
  readonly #outcomes = new Map<string, string>();
  readonly #arrivals = new Map<string, number>();

  receive(step: Event): string {
    if (step.do === "launch") return this.#launch(step);
    const identity = JSON.stringify([
      step.idempotencyKey,
      step.do,
      step.id,
      step.app,
      step.instance,
      step.do === "install" ? [step.key, [...new Set(step.permissions)].sort()] : step.at,
    ]);
    if (!this.#arrivals.has(identity)) this.#arrivals.set(identity, this.#arrivals.size);
    const outcome = step.do === "install" ? this.#install(step, identity) : this.#uninstall(step, identity);
    if (outcome !== "duplicate") this.#outcomes.set(identity, outcome);
    return outcome;
  }

  settle(cloud: Record<string, number>): void {
    for (const install of this.installs.values()) if (install.active) this.#prove(install, cloud);
  }

  #mismatches(step: Event): boolean {
    const known = this.installs.get(step.id);
    return known !== undefined && (known.app !== step.app || known.instance !== step.instance);
  }

  #install(step: Step & { do: "install" }, identity: string): string {
    if (this.#mismatches(step)) return "refused";
    if (this.#outcomes.get(identity) === "applied") return "duplicate";
    const known = this.installs.get(step.id);
    const isCurrent = known?.active === true && known.current.key === step.key;
    if (known?.usedKeys.has(step.key) && !isCurrent) return "duplicate";
    const generation = (known?.generation ?? 0) + 1;
    const others = known?.active ? [known.current, ...known.held] : [];
    this.installs.set(step.id, {
      app: step.app,
      instance: step.instance,
      active: true,
      generation,
      keyState: "unverified",
      current: {
        key: step.key,
        permissions: [...new Set(step.permissions)].sort(),
        event: identity,
        arrived: this.#arrivals.get(identity)!,
        generation,
      },
      held: others.filter(({ key }) => key !== step.key),
      usedKeys: new Set([...(known?.usedKeys ?? []), step.key]),
      provenKeys: known?.provenKeys ?? new Set(),
      refusedKeys: new Set(),
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
    known.held = [];
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

  #prove(install: Remembered, cloud: Record<string, number>): void {
    const { current, held, provenKeys, refusedKeys } = install;
    const isAccepted = ({ key, permissions }: Applied) =>
      cloud[key] === 403 && !permissions.includes("data:read");
    const isProven = ({ key }: Applied) => cloud[key] === 200;
    const isRefused = ({ key }: Applied) => cloud[key] === 401;

    if (isProven(current)) {
      provenKeys.add(current.key);
      Object.assign(install, { held: [], keyState: "working" });
      return;
    }
    const newest = held.toSorted(
      (a, b) => Number(provenKeys.has(b.key)) - Number(provenKeys.has(a.key)) || b.generation - a.generation,
    );
    const better =
      newest.find(isProven) ??
      newest.find((one) => isAccepted(one) && (isRefused(current) || one.arrived < current.arrived));
    if (better) {
      const dead = (one: Applied) => isRefused(one) && (one === current || refusedKeys.has(one.key));
      this.#restore(
        install,
        better,
        [current, ...held].filter((one) => one !== better && !dead(one)),
      );
      if (isProven(better)) provenKeys.add(better.key);
      return;
    }
    for (const one of held) if (isRefused(one)) refusedKeys.add(one.key);
    if (isAccepted(current) && held.every(isRefused)) {
      Object.assign(install, { held: [], keyState: "working" });
    } else if (isRefused(current)) {
      refusedKeys.add(current.key);
      install.keyState = "rejected";
    }
  }

  #restore(install: Remembered, better: Applied, held: Applied[]): void {
    for (const { generation, event } of [install.current, ...install.held])
      if (generation > better.generation) this.#outcomes.set(event, "superseded");
    this.#outcomes.set(better.event, "applied");
    const generation = install.generation + 1;
    Object.assign(install, {
      generation,
      held,
      keyState: "working",
      current: { ...better, generation },
      refusedKeys: new Set(),
      liveLaunches: 0,
    });
  }
}
