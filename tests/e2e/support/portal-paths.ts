import type { World } from "./world.ts";

/** The screens of the navigation and a record of each kind, as far as there is one, below the portal's own address. */
export function portalPaths(world: Pick<World, "sandbox">): Record<string, string> {
  const { wallet, hold, alert } = shownRecords(world);
  return {
    overview: "",
    monitors: "monitors",
    alerts: "alerts",
    alert: `alerts/${alert?.anomaly_id ?? "ano_none"}`,
    balances: "balances",
    balance: `balances/${wallet?.balance_id ?? "bln_none"}`,
    transactions: "transactions",
    transaction: `transactions/${hold?.transaction_id ?? "txn_none"}`,
    ledgers: "ledgers",
    ledger: `ledgers/${wallet?.ledger_id ?? "ldg_none"}`,
    identities: "identities",
    identity: `identities/${wallet?.identity_id ?? "idt_none"}`,
    activity: "activity",
  };
}

/** A customer's balance, an open hold and an alert of the instance in which the app is installed directly. */
export function shownRecords({ sandbox }: Pick<World, "sandbox">) {
  const { ledger, alerts } = sandbox.workspace.instances[0]!;
  return {
    wallet: ledger.balances.all().find(({ identity_id }) => identity_id),
    hold: ledger.transactions.all().findLast(({ status }) => status === "INFLIGHT"),
    alert: alerts.all()[0],
  };
}
