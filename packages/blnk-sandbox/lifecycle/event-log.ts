import type { Answer } from "./answer.ts";

/** The body of an install event, an uninstall event or a launch. */
export type Sent = {
  installed_app_id: string;
  app_id: string;
  instance_id: string;
  [field: string]: unknown;
};

export type AppEvent = {
  id: number;
  at: number;
  kind: "probe" | "install" | "uninstall" | "launch";
  /** `copy`: the same event sent once more. `late`: it reached the app after Cloud had given it up. */
  delivery: "first" | "copy" | "late";
  /** The body as sent, but for the key, which is cut to its prefix. Null for a probe, which has no body. */
  sent: Sent | null;
  outcome: Answer["outcome"];
  status: number | null;
  /** The answer's body, at most 2,000 characters, without the key and without the query of a portal URL. */
  answer: string;
  ms: number;
};

const CAPACITY = 2_000;

/** What was sent to the apps and what they answered, the newest 2,000. */
export class EventLog {
  readonly #events: AppEvent[] = [];
  #lastId = 0;

  record(event: Pick<AppEvent, "at" | "kind" | "delivery" | "sent" | "ms">, answer: Answer): void {
    const answered = answer.outcome === "answered";
    this.#events.push({
      id: ++this.#lastId,
      ...event,
      sent: event.sent && withoutKey(event.sent),
      outcome: answer.outcome,
      status: answered ? answer.status : null,
      answer: answered ? withoutSecrets(answer.body, event.sent).slice(0, 2_000) : "",
    });
    if (this.#events.length > CAPACITY) this.#events.shift();
  }

  /** Oldest first; `after` is the last id already known. */
  list(after = 0): AppEvent[] {
    return this.#events.filter((event) => event.id > after);
  }
}

function withoutKey(sent: Sent): Sent {
  return "api_key" in sent ? { ...sent, api_key: `${String(sent["api_key_prefix"])}…` } : sent;
}

function withoutSecrets(body: string, sent: Sent | null): string {
  const key = sent?.["api_key"];
  const text = typeof key === "string" ? body.replaceAll(key, "(the api_key)") : body;
  return text.replace(/(https?:[^\s"?#]*)[?#][^\s"]*/g, "$1?…");
}
