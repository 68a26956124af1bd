import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

import { app } from "#app/app.ts";
import { StorageError } from "#db/storage-error.ts";

import type { Log } from "./log.server.ts";

/** A number that is read when somebody asks; every label's values are from a fixed list. */
export type ObservedGauge<Source> = {
  name: string;
  help: string;
  label?: string;
  /** One value, or one for each value of the label. */
  read: (source: Source) => Promise<number | Record<string, number>>;
};

export type Metrics = ReturnType<typeof createMetrics>;

const FAST = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What happened, counted and timed. No label ever carries an id, a URL or anything else that a caller can choose. */
export function createMetrics() {
  const registry = new Registry();
  const histogram = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Histogram({
      name: `${app.slug}_${name}`,
      help,
      labelNames,
      buckets: FAST,
      registers: [registry],
    });
  const requests = histogram("request_seconds", "Requests by route and class of status.", [
    "route",
    "status",
  ]);
  const callbacks = histogram("callback_seconds", "Callbacks from Blnk Cloud by outcome.", ["outcome"]);
  const cloudCalls = histogram("cloud_call_seconds", "Calls to Blnk Cloud, retries and waiting included.", [
    "scope",
    "outcome",
  ]);

  return {
    answered({ route, status, seconds }: { route: string; status: number | undefined; seconds: number }) {
      const kind = status === undefined ? "closed" : `${Math.floor(status / 100)}xx`;
      requests.observe({ route, status: kind }, seconds);
    },
    async measureCallback<T extends { outcome: CallbackOutcome }>(receive: () => Promise<T>): Promise<T> {
      const end = callbacks.startTimer();
      try {
        const received = await receive();
        end({ outcome: received.outcome });
        return received;
      } catch (error) {
        end({ outcome: error instanceof StorageError ? "not_stored" : "invalid" });
        throw error;
      }
    },
    called({ scope, outcome, seconds }: { scope: string; outcome: string; seconds: number }) {
      cloudCalls.observe({ scope, outcome }, seconds);
    },

    /** From now on `text` also has what is read from `source`, and the process's own numbers. */
    observe<Source>(source: Source, readings: readonly ObservedGauge<Source>[], log: Log): void {
      collectDefaultMetrics({ register: registry });
      for (const reading of readings) addGauge(registry, source, reading, log);
    },
    /** In Prometheus' text format. */
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** `invalid`: it was no event at all; `not_stored`: Blnk has to send it again. */
export type CallbackOutcome =
  | "applied"
  | "duplicate"
  | "ignored"
  | "refused"
  | "superseded"
  | "invalid"
  | "not_stored";

function addGauge<Source>(
  registry: Registry,
  source: Source,
  { name, help, label, read }: ObservedGauge<Source>,
  log: Log,
): void {
  const gauge: Gauge = new Gauge({
    name: `${app.slug}_${name}`,
    help,
    labelNames: label ? [label] : [],
    registers: [registry],
    async collect() {
      try {
        const value = await read(source);
        if (typeof value === "number") gauge.set(value);
        else for (const [key, count] of Object.entries(value)) gauge.set({ [label!]: key }, count);
      } catch (err) {
        // The others are wanted most when the database is in trouble.
        gauge.reset();
        log.error({ event: "metric_unreadable", metric: name, err }, "a metric could not be read");
      }
    },
  });
}
