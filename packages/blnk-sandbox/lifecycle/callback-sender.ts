import { setTimeout as sleep } from "node:timers/promises";

import type { Switches } from "../switches.ts";
import type { AppClient } from "./app-client.ts";
import type { Answer } from "./answer.ts";
import type { AppEvent, EventLog, Sent } from "./event-log.ts";

/** An install or uninstall event and where it goes. */
export type Callback = { kind: "install" | "uninstall"; url: string; sent: Sent };

/**
 * Sends callbacks as Cloud does: once, and given up after the time-out. The switches make the network worse:
 * `delay_ms` passes between sending and arrival (beyond the time-out the event arrives after Cloud has given it up),
 * `duplicates` copies follow the first delivery, and with `reorder` the copies (one at least) are held back until the
 * app's next event has been delivered.
 */
export class CallbackSender {
  readonly #switches: Switches;
  readonly #client: AppClient;
  readonly #events: EventLog;
  readonly #held = new Map<string, (() => Promise<void>)[]>();

  constructor(switches: Switches, client: AppClient, events: EventLog) {
    this.#switches = switches;
    this.#client = client;
    this.#events = events;
  }

  /** Resolves with what Cloud goes by, the first delivery's answer; copies and late deliveries follow by themselves. */
  async send(callback: Callback): Promise<Answer> {
    const { duplicates, reorder } = this.#switches.callbacks;
    const answer = await this.#deliverFirst(callback);
    const following = this.#held.get(callback.sent.app_id) ?? [];
    this.#held.delete(callback.sent.app_id);
    const copies = Array.from({ length: Math.max(duplicates, reorder ? 1 : 0) }, () => async () => {
      await this.#pass(this.#switches.callbacks.delay_ms);
      await this.#deliver(callback, "copy", this.#switches.callback_timeout_ms);
    });
    if (reorder) this.#held.set(callback.sent.app_id, copies);
    else following.push(...copies);
    void this.#deliverInTurn(following);
    return answer;
  }

  async #deliverFirst(callback: Callback): Promise<Answer> {
    const timeout = this.#switches.callback_timeout_ms;
    const delay = this.#switches.callbacks.delay_ms;
    if (delay < timeout) {
      await this.#pass(delay);
      return this.#deliver(callback, "first", timeout - delay);
    }
    const at = Date.now();
    await this.#pass(timeout);
    const { kind, sent } = callback;
    this.#events.record({ kind, sent, at, delivery: "first", ms: timeout }, { outcome: "timed_out" });
    const late = async () => {
      await this.#pass(delay - timeout);
      await this.#deliver(callback, "late", timeout);
    };
    void this.#deliverInTurn([late]);
    return { outcome: "timed_out" };
  }

  async #deliverInTurn(deliveries: (() => Promise<void>)[]): Promise<void> {
    for (const deliver of deliveries) {
      if (this.#client.closing.aborted) return;
      await deliver();
    }
  }

  #deliver(
    { kind, url, sent }: Callback,
    delivery: AppEvent["delivery"],
    timeoutMs: number,
  ): Promise<Answer> {
    return this.#client.call(url, { kind, delivery, sent }, timeoutMs);
  }

  /** Waits; the sandbox's end cuts it short. */
  async #pass(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#client.closing }).catch(() => undefined);
  }
}
