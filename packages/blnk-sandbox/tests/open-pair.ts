import type { Body } from "../conformance/body.ts";
import type { SandboxOptions } from "../start-sandbox.ts";
import { openSandbox, payment } from "./sandbox-client.ts";

export type Pair = Awaited<ReturnType<typeof openPair>>;

/** A sandbox in which A has 100.00 USD and B nothing. The queue does nothing before it is drained. */
export async function openPair(switches: SandboxOptions["switches"] = {}) {
  const world = await openSandbox({ switches: { proxy_paths: "any", ...switches } });
  const { ledger, target } = world;
  const open = async (given: Body = {}) => {
    const sent = { ledger_id: "general_ledger_id", currency: "USD", ...given };
    const { body } = await target.post("/proxy/balances", sent);
    return ledger.balances.get(String(body.balance_id))!;
  };
  const [a, b] = [await open(), await open()];
  ledger.queue.pause();
  /** Pays 10.00 from A to B; queued, its outcome is waited for. */
  const pay = async (given: Body = {}) => {
    const sides = { source: a.balance_id, destination: b.balance_id };
    const sent = payment({ allow_overdraft: false, precise_amount: 1_000, ...sides, ...given });
    const { body } = await target.post("/proxy/transactions", sent);
    if (given.skip_queue === false) ledger.queue.drain();
    return String(body.transaction_id);
  };
  await pay({ source: "@World", destination: a.balance_id, precise_amount: 10_000, allow_overdraft: true });
  return {
    ...world,
    a,
    b,
    open,
    pay,
    hold: (given: Body = {}) => pay({ inflight: true, ...given }),
    settle: (id: string, body: Body) =>
      target.put(`/proxy/transactions/inflight/${id}`, { skip_queue: true, ...body }),
    refund: (id: string, body: Body = {}) =>
      target.post(`/proxy/refund-transaction/${id}`, { skip_queue: true, ...body }),
    children: (id: string) => ledger.transactions.find("parent_transaction", id),
    pass: (ms: number) => {
      ledger.clock.advance(ms);
      ledger.queue.drain();
    },
  };
}

export const balanceOf = ({ credit, debit }: Pair["a"]) => credit - debit;

/** What is held between the two, as either side counts it. */
export const heldOf = ({ a, b }: Pair) => [a.inflight_debit, b.inflight_credit];

export function holdUnder(pair: Pair, queued: string): string {
  return pair.children(queued).find(({ status }) => status === "INFLIGHT")!.transaction_id;
}
