type JournalEntry = {
  at: number;
  method: string;
  /** The path with its query, as received. */
  url: string;
  instance_id: string | null;
  /** Never the key: its first eight characters, or null when none was sent. */
  key_prefix: string | null;
  status: number | null;
  fault: string | null;
};

const CAPACITY = 100_000;

/** Every request the API received, oldest first; the oldest go when it is full. */
export class Journal {
  #entries: JournalEntry[] = [];

  record(entry: JournalEntry): JournalEntry {
    if (this.#entries.length >= CAPACITY) this.#entries = this.#entries.slice(CAPACITY / 10);
    this.#entries.push(entry);
    return entry;
  }

  entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }
}
