import { callApp } from "./call-app.ts";
import type { Answer } from "./answer.ts";
import type { AppEvent, EventLog } from "./event-log.ts";

/** Calls apps and records each call. */
export class AppClient {
  readonly #events: EventLog;
  readonly #closing = new AbortController();

  constructor(events: EventLog) {
    this.#events = events;
  }

  /** Aborted by `close`; whatever waits to call later should wait with it. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** POSTs `sent`, or GETs when there is nothing to send. Never rejects for what the app does. */
  async call(
    url: string,
    event: Pick<AppEvent, "kind" | "delivery" | "sent">,
    timeoutMs: number,
  ): Promise<Answer> {
    const at = Date.now();
    const started = performance.now();
    const answer = await callApp(url, { json: event.sent, timeoutMs, closing: this.closing });
    this.#events.record({ ...event, at, ms: Math.round(performance.now() - started) }, answer);
    return answer;
  }

  /** Ends what is under way: a call still unanswered counts as unreachable. */
  close(): void {
    this.#closing.abort();
  }
}
