import type { Instance } from "./blnk-process.ts";

const amount = (value: string) => ({ value, precision: 100 });

/** A hundred monitors of every kind, with selections as people have them; nothing fires. */
export function monitorsOfAllKinds({ ledger_id, balance_ids }: Instance): object[] {
  const wallets = { ledger_id };
  const kinds = [
    (id: string) => threshold({ balance_id: id }, { ...amount("1.00") }),
    () => threshold(wallets, { ...amount("0.50"), field: "available" }),
    () => threshold({ ...wallets, meta_data: { tier: "gold" } }, { ...amount("1.00"), per: "total" }),
    () => ({
      kind: "transaction_match",
      select: wallets,
      condition: { amount_operator: ">=", ...amount("9000.00") },
    }),
    () => ({ kind: "stuck_transaction", select: {}, condition: { queued_minutes: 30, hold_minutes: 600 } }),
    () => ({ kind: "rejections", select: wallets, condition: { count: 50, window_minutes: 60 } }),
    () => movement(wallets, { window_minutes: 60 }),
    (id: string) => movement({ balance_id: id }, { window_minutes: 120 }),
    () => ({ kind: "silence", select: wallets, condition: { minutes: 600 } }),
    () => ({ kind: "new_balance", select: wallets, condition: {} }),
  ];
  return numbered(100, (index) =>
    index === 9 ? imbalance() : kinds[index % kinds.length]!(balance_ids[index]!),
  );
}

/** Two hundred thresholds: by id, by selection, and on totals. */
export function thresholds({ ledger_id, balance_ids }: Instance): object[] {
  const kinds = [
    (id: string) => threshold({ balance_id: id }, { ...amount("1.00") }),
    () => threshold({ ledger_id }, { ...amount("0.50") }),
    () => threshold({ ledger_id, meta_data: { tier: "gold" } }, { ...amount("1.00"), per: "total" }),
  ];
  return numbered(200, (index) => kinds[index % kinds.length]!(balance_ids[index]!));
}

function numbered(count: number, make: (index: number) => object): object[] {
  return Array.from({ length: count }, (_, index) => ({ name: `Monitor ${index}`, ...make(index) }));
}

function threshold(select: object, condition: object): object {
  return { kind: "balance_threshold", select, condition: { field: "balance", operator: "<", ...condition } };
}

function movement(select: object, condition: object): object {
  const sum = { measure: "sum", direction: "out", operator: ">", ...amount("900000.00") };
  return { kind: "movement", select, condition: { ...sum, ...condition } };
}

function imbalance(): object {
  return { kind: "ledger_imbalance", select: { currency: "USD" }, condition: {} };
}
