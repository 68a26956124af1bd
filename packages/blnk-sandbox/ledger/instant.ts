/** Microseconds since 1970, UTC: the resolution at which PostgreSQL keeps Core's times. */
export type Micros = number;

const RFC_3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/** How Go prints a time that was never set. */
export const ZERO_TIME = "0001-01-01T00:00:00Z";

export function parseInstant(text: string): Micros | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const seconds = Date.parse(`${match[1]}${match[3]}`);
  if (Number.isNaN(seconds)) return undefined;
  return seconds * 1000 + Number((match[2] ?? "").padEnd(6, "0").slice(0, 6));
}

export function formatInstant(at: Micros): string {
  const seconds = Math.floor(at / 1_000_000);
  const fraction = String(at - seconds * 1_000_000).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

export function microsOf(epochMs: number): Micros {
  return epochMs * 1000;
}

/** Wall-clock time in which no two readings are equal, so that rows have one order. It can be moved, and stopped to write history. */
export class Clock {
  #offset: Micros = 0;
  #stoppedAt: Micros | undefined;
  #last: Micros = 0;

  now(): Micros {
    const reading = this.#stoppedAt ?? microsOf(Date.now()) + this.#offset;
    this.#last = reading > this.#last || this.#stoppedAt !== undefined ? reading : this.#last + 1;
    if (this.#stoppedAt !== undefined) this.#stoppedAt += 1;
    return this.#last;
  }

  /** The present by this clock, in epoch milliseconds, also while it is stopped. */
  presentMs(): number {
    return Date.now() + this.#offset / 1000;
  }

  advance(ms: number): void {
    this.#offset += microsOf(ms);
  }

  /** Stops at a moment of the past, to write history there; `resume` goes back to the present. */
  stopAt(at: Micros): void {
    this.#stoppedAt = at;
  }

  resume(): void {
    this.#stoppedAt = undefined;
    this.#last = 0;
  }
}
