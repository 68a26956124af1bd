import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type CoreVersion, isSince } from "../ledger/core-version.ts";
import { type Body, integerOf, listOf, objectOf } from "./body.ts";
import type { Reply, Target } from "./target.ts";

const PATIENCE_MS = 20_000;
const POLL_MS = 25;

/** What every case starts from: a ledger of its own with A, which has 100.00 USD, and B, which has nothing. */
export class Scene {
  readonly target: Target;
  readonly ledgerId: string;
  readonly a: string;
  readonly b: string;

  readonly #version: CoreVersion;

  private constructor(target: Target, version: CoreVersion, ledgerId: string, a: string, b: string) {
    this.target = target;
    this.#version = version;
    this.ledgerId = ledgerId;
    this.a = a;
    this.b = b;
  }

  static async open(target: Target, version: CoreVersion): Promise<Scene> {
    const ledger = await target.post("/proxy/ledgers", { name: `Conformance ${randomUUID()}` });
    assert.equal(ledger.status, 201);
    const ledgerId = String(ledger.body.ledger_id);
    const open = () => openBalance(target, { ledger_id: ledgerId });
    const scene = new Scene(target, version, ledgerId, await open(), await open());
    const funding = { source: "@World", destination: scene.a, allow_overdraft: true, skip_queue: true };
    assert.equal((await scene.pay(funding)).status, 201);
    return scene;
  }

  isSince(version: CoreVersion): boolean {
    return isSince(this.#version, version);
  }

  /** Another balance in USD. */
  openBalance(given: Body = {}): Promise<string> {
    return openBalance(this.target, { ledger_id: this.ledgerId, ...given });
  }

  /** A body for 100.00 USD from A to B under a fresh reference, with what is given put over it. */
  transaction(given: Body = {}): Body {
    const hasAmount = "amount" in given;
    return {
      ...(!hasAmount && { precise_amount: 10_000 }),
      precision: 100,
      currency: "USD",
      reference: newReference(),
      description: "Conformance",
      source: this.a,
      destination: this.b,
      ...given,
    };
  }

  pay(given: Body = {}): Promise<Reply> {
    return this.target.post("/proxy/transactions", this.transaction(given));
  }

  /** Pays 25.00 from A to B, or what is given, at once. */
  async paid(given: Body = {}): Promise<string> {
    const { status, body } = await this.pay({ precise_amount: 2_500, skip_queue: true, ...given });
    assert.deepEqual([status, body.status], [201, given.inflight === true ? "INFLIGHT" : "APPLIED"]);
    return String(body.transaction_id);
  }

  hold(given: Body = {}): Promise<string> {
    return this.paid({ inflight: true, ...given });
  }

  settle(id: unknown, body: Body): Promise<Reply> {
    return this.target.put(`/proxy/transactions/inflight/${String(id)}`, body);
  }

  refund(id: unknown, body?: Body): Promise<Reply> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return this.target.send("POST", `/proxy/refund-transaction/${String(id)}`, text);
  }

  /**
   * Refunds at once what was not refunded before. Core looks for rows until it finds no more, and may find the one that
   * it has just refunded: it then refuses, though the refund is made.
   */
  async refunded(id: unknown, given: Body = {}): Promise<Body> {
    const { status, body } = await this.refund(id, { skip_queue: true, ...given });
    const stored = status === 201 ? undefined : (await this.children(id))[0];
    assert.ok(status === 201 || stored !== undefined, JSON.stringify(body.error));
    return stored ?? body;
  }

  async balance(id: string): Promise<Balance> {
    const { status, body } = await this.target.get(`/data/balances/${id}`);
    assert.equal(status, 200, `GET /data/balances/${id}`);
    const record = objectOf(body.data ?? body);
    return {
      balance: integerOf(record.balance),
      inflight: integerOf(record.inflight_balance),
      version: Number(record.version),
      record,
    };
  }

  /** Asserts what A and B hold, in minor units. */
  async assertBalances(
    a: bigint,
    b: bigint,
    inflight: { a: bigint; b: bigint } = { a: 0n, b: 0n },
  ): Promise<void> {
    const [left, right] = await Promise.all([this.balance(this.a), this.balance(this.b)]);
    assert.deepEqual(
      { a: left.balance, b: right.balance, heldA: left.inflight, heldB: right.inflight },
      { a, b, heldA: inflight.a, heldB: inflight.b },
    );
  }

  async rows(query: string): Promise<Body[]> {
    const { status, body } = await this.target.get(`/data/transactions?pageSize=100&${query}`);
    assert.equal(status, 200, `GET /data/transactions?${query}`);
    return listOf(body.data);
  }

  children(id: unknown): Promise<Body[]> {
    return this.rows(`parent_transaction_eq=${String(id)}`);
  }

  async row(reference: unknown): Promise<Body | undefined> {
    return (await this.rows(`reference_eq=${encodeURIComponent(String(reference))}`))[0];
  }

  /** Waits until the row of a reference is stored. */
  async stored(reference: unknown): Promise<Body> {
    return await until(() => this.row(reference), `a row ${String(reference)}`);
  }

  /** Waits for the queue to have passed what was sent before: a later transaction's outcome is stored. */
  async passQueue(): Promise<void> {
    const marker = newReference();
    const sent = { reference: marker, source: "@World", destination: "@World-marker", allow_overdraft: true };
    await this.pay(sent);
    await this.stored(`${marker}_q`);
    await sleep(PASSING_MS);
  }
}

export type Balance = { balance: bigint; inflight: bigint; version: number; record: Body };

// Queues run side by side, so that one outcome does not prove another's: this much later they are all expected.
const PASSING_MS = 600;

async function openBalance(target: Target, given: Body): Promise<string> {
  const { status, body } = await target.post("/proxy/balances", { currency: "USD", ...given });
  assert.equal(status, 201);
  return String(body.balance_id);
}

export async function until<T>(read: () => Promise<T | undefined>, what: string): Promise<T> {
  const start = Date.now();
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() - start > PATIENCE_MS) throw new Error(`waited in vain for ${what}`);
    await sleep(POLL_MS);
  }
}

export function newReference(): string {
  return `conf-${randomUUID()}`;
}

/** Asserts a status and Core's code; a Core too old to send one refuses by 400 alone. */
export function assertRefused({ status, body }: Reply, expected: number, ...codes: string[]): void {
  const isOld = codes.length > 0 && body.error_detail === undefined;
  assert.equal(status, isOld ? 400 : expected, JSON.stringify(body.error ?? body.errors));
  if (isOld || codes.length === 0) return;
  const code = String(objectOf(body.error_detail).code);
  assert.ok(codes.includes(code), `code is ${code}, not ${codes.join(" or ")}`);
}

export function assertText(value: unknown, pattern: RegExp): void {
  assert.match(typeof value === "string" ? value : JSON.stringify(value ?? null), pattern);
}
