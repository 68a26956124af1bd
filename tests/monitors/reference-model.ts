/**
 * What monitors should find, written a second time and as plainly as can be: no queries, no storage, no pages, every
 * row and balance at hand. Time is whole minutes; a row made after one minute's evaluation is seen by the next.
 */
export type Post = { from: string; to: string; amount: number };

type Row = Post & {
  chain: number;
  status: "QUEUED" | "APPLIED" | "REJECTED";
  created: number;
  /** When an evaluation first could see it. */
  seen: number | undefined;
};

/** `open` while it lasts; what happened is over as it began. */
export type Found = { monitor: string; subject: string; open: boolean };

/** The numbers of its monitors; a wrong one must show. */
export type Limits = {
  windowMinutes: number;
  forMinutes: number;
  rearm: number;
  /** Scans look back ten minutes: a row with an older time than that counts from when it was seen. */
  lateMinutes: number;
};

export class ReferenceModel {
  readonly found: Found[] = [];
  readonly #limits: Limits;
  readonly #balances: Map<string, number>;
  readonly #rows: Row[] = [];
  #waiting: Row[] = [];
  #minute = 0;
  #totalHighSince: number | undefined;

  constructor(wallets: ReadonlyMap<string, number>, limits: Limits) {
    this.#balances = new Map(wallets);
    this.#limits = limits;
  }

  post(post: Post): void {
    this.#apply({ ...post, chain: this.#rows.length });
  }

  /** Its outcome comes with `settle`, under the time of now. */
  queue(post: Post): void {
    const row = this.#add({ ...post, chain: this.#rows.length }, "QUEUED", this.#minute);
    this.#waiting.push(row);
  }

  settle(): void {
    for (const { from, to, amount, chain, created } of this.#waiting) {
      const isCovered = this.#balances.get(from)! >= amount;
      if (isCovered) this.#apply({ from, to, amount, chain }, created);
      else this.#add({ from, to, amount, chain }, "REJECTED", created);
    }
    this.#waiting = [];
  }

  pass(minutes: number): void {
    this.#minute += minutes;
  }

  evaluate(): void {
    for (const row of this.#rows) row.seen ??= this.#minute;
    for (const [wallet, balance] of this.#balances) {
      this.#edge("Low", wallet, balance < 5_000, balance >= this.#limits.rearm);
    }
    const high = [...this.#balances.values()].reduce((sum, balance) => sum + balance, 0) > 35_000;
    this.#totalHighSince = high ? (this.#totalHighSince ?? this.#minute) : undefined;
    const held = high && this.#minute - this.#totalHighSince! >= this.#limits.forMinutes;
    this.#edge("High", "selection", held, !high);

    for (const { chain, amount } of this.#rows) {
      const subject = `chain ${chain}`;
      const known = this.found.some((each) => each.monitor === "Large" && each.subject === subject);
      if (amount >= 6_000 && !known) this.found.push({ monitor: "Large", subject, open: false });
    }
    const moved = this.#inWindow("APPLIED").filter(
      ({ from, to }) => this.#isWallet(from) && !this.#isWallet(to),
    );
    const outflow = moved.reduce((sum, { amount }) => sum + amount, 0) > 10_000;
    this.#edge("Outflow", "selection", outflow, !outflow);
    const rejected = this.#inWindow("REJECTED").length >= 2;
    this.#edge("Rejected", "selection", rejected, !rejected);
  }

  #apply(post: Post & { chain: number }, created = this.#minute): void {
    for (const [id, amount] of [
      [post.from, -post.amount],
      [post.to, post.amount],
    ] as const) {
      const balance = this.#balances.get(id);
      if (balance !== undefined) this.#balances.set(id, balance + amount);
    }
    this.#add(post, "APPLIED", created);
  }

  #add(post: Post & { chain: number }, status: Row["status"], created: number): Row {
    const row: Row = { ...post, status, created, seen: undefined };
    this.#rows.push(row);
    return row;
  }

  #inWindow(status: Row["status"]): Row[] {
    return this.#rows.filter((row) => {
      const counted = row.seen! - row.created >= this.#limits.lateMinutes ? row.seen! : row.created;
      return row.status === status && this.#minute - counted < this.#limits.windowMinutes;
    });
  }

  #isWallet(id: string): boolean {
    return this.#balances.has(id);
  }

  #edge(monitor: string, subject: string, begins: boolean, ends: boolean): void {
    const open = this.found.find((each) => each.monitor === monitor && each.subject === subject && each.open);
    if (open && ends) open.open = false;
    if (!open && begins) this.found.push({ monitor, subject, open: true });
  }
}
