import { randomUUID } from "node:crypto";
import { CloudError } from "./cloud-error.ts";
import type { Clock, Micros } from "./ledger/instant.ts";

export type Alert = {
  anomaly_id: string;
  title: string;
  description: string;
  type: "Balance" | "Transaction" | "Identity";
  status: string;
  created_at: Micros;
  updated_at: Micros;
  affected_balances: string[];
  affected_identities: string[];
  affected_transactions: string[];
};

export type AlertStatus = {
  key: string;
  name: string;
  colour: string;
  created_at: Micros;
  updated_at: Micros;
};

export const COLOURS = [
  "#3B82F6",
  "#10B981",
  "#F59E0B",
  "#EF4444",
  "#8B5CF6",
  "#EC4899",
  "#06B6D4",
  "#84CC16",
  "#F97316",
  "#6366F1",
  "#14B8A6",
  "#A855F7",
  "#E11D48",
  "#64748B",
  "#0EA5E9",
];

// FLAGGED is documented, the other two keys are assumed from what the dashboard shows.
const BUILT_IN = ["FLAGGED", "INVESTIGATING", "RESOLVED"];

/** The alerts of one instance. They have no idempotency key, and none is ever deleted. */
export class AlertBook {
  readonly #clock: Clock;
  readonly #alerts = new Map<string, Alert>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  flag(type: Alert["type"], entityId: string, title: string, description: string): Alert {
    const now = this.#clock.now();
    const alert: Alert = {
      anomaly_id: `ano_${randomUUID()}`,
      title,
      description,
      type,
      status: "FLAGGED",
      created_at: now,
      updated_at: now,
      affected_balances: type === "Balance" ? [entityId] : [],
      affected_identities: type === "Identity" ? [entityId] : [],
      affected_transactions: type === "Transaction" ? [entityId] : [],
    };
    this.#alerts.set(alert.anomaly_id, alert);
    return alert;
  }

  update(alert: Alert, change: Partial<Pick<Alert, "title" | "description" | "status">>): void {
    Object.assign(alert, change, { updated_at: this.#clock.now() });
  }

  find(anomalyId: string): Alert | undefined {
    return this.#alerts.get(anomalyId);
  }

  all(): Alert[] {
    return [...this.#alerts.values()].toReversed();
  }
}

/** The statuses that an organization added to the built-in ones. */
export class AlertStatuses {
  readonly #clock: Clock;
  readonly #custom = new Map<string, AlertStatus>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  all(): AlertStatus[] {
    return [...this.#custom.values()];
  }

  has(key: string): boolean {
    return BUILT_IN.includes(key) || this.#custom.has(key);
  }

  create(name: string, colour: string, givenKey: string | undefined): AlertStatus {
    const key = (givenKey ?? name).trim().toUpperCase().replaceAll(/\s+/g, "_");
    if (this.has(key)) throw new CloudError(409, `status ${key} already exists`);
    requireColour(colour);
    const now = this.#clock.now();
    const status = { key, name, colour, created_at: now, updated_at: now };
    this.#custom.set(key, status);
    return status;
  }

  update(key: string, name: string, colour: string): AlertStatus {
    const status = this.#get(key);
    requireColour(colour);
    return Object.assign(status, { name, colour, updated_at: this.#clock.now() });
  }

  /** `uses` is the number of alerts that have the status; the text is the one refusal of Cloud that is documented. */
  delete(key: string, usesOf: (key: string) => number, refusal: number): void {
    const status = this.#get(key);
    const uses = usesOf(status.key);
    if (uses > 0) {
      const why = `${uses} alert(s) use this status - reassign them to another status first`;
      throw new CloudError(refusal, `cannot delete status: ${why}`);
    }
    this.#custom.delete(status.key);
  }

  #get(key: string): AlertStatus {
    const status = this.#custom.get(key.toUpperCase());
    if (status === undefined) throw new CloudError(404, "status not found");
    return status;
  }
}

function requireColour(colour: string): void {
  if (!COLOURS.includes(colour.toUpperCase()))
    throw new CloudError(400, "colour is not one of the allowed colours");
}
