import { type Ledger, createBalance, createLedger } from "../ledger/ledger.ts";
import { recordTransaction } from "../ledger/record-transaction.ts";
import { newRequest } from "../ledger/transaction-request.ts";

/** Adds a ledger of `count` USD wallets, each with one funding row, for load. */
export function seedScale(ledger: Ledger, count: number): void {
  const { ledger_id } = createLedger(ledger, `Load – ${count} wallets`, null);
  for (let number = 1; number <= count; number += 1) {
    const { balance_id } = createBalance(ledger, {
      ledger_id,
      currency: "USD",
      identity_id: "",
      indicator: undefined,
      meta_data: { name: `Load wallet ${number}` },
      track_fund_lineage: false,
      allocation_strategy: undefined,
    });
    recordTransaction(
      ledger,
      newRequest({
        precise_amount: BigInt(1_000 + ((number * 7_919) % 1_000_000)),
        precision: 100n,
        currency: "USD",
        reference: `${ledger_id}-${number}`,
        description: `Opening balance of load wallet ${number}`,
        source: "@World-USD",
        destination: balance_id,
        allow_overdraft: true,
        skip_queue: true,
      }),
    );
  }
}
