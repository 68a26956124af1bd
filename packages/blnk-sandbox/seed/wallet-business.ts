import type { Ledger } from "../ledger/ledger.ts";
import { availableFunds } from "../ledger/postings.ts";
import { recordTransaction } from "../ledger/record-transaction.ts";
import { refund } from "../ledger/refund.ts";
import type { Transaction } from "../ledger/rows.ts";
import { type TransactionRequest, newRequest } from "../ledger/transaction-request.ts";
import { remainingHold, updateInflight } from "../ledger/update-inflight.ts";
import type { Currency } from "./customers.ts";
import { everydayAmount, everydayScale } from "./everyday-amount.ts";
import { type Accounts, CURRENCIES, type Wallet, openAccounts } from "./open-accounts.ts";
import { between, pick } from "./random.ts";

type Sending = Partial<TransactionRequest> & { amount_minor: bigint; currency: Currency; label: string };

/** A wallet company: customers with wallets, merchants, fees and a safeguarding account. Each `act` is one event of its day. */
export class WalletBusiness {
  readonly #ledger: Ledger;
  readonly #random: () => number;
  readonly #tag: string;
  readonly #accounts: Accounts;
  readonly #openHolds: Transaction[] = [];
  readonly #payments: Transaction[] = [];
  #count = 0;

  /** `tag` keeps the references of one business apart from another's on the same ledger. */
  constructor(ledger: Ledger, random: () => number, tag: string) {
    this.#ledger = ledger;
    this.#random = random;
    this.#tag = tag;
    this.#accounts = openAccounts(ledger, random);
    this.#fund();
  }

  get wallets(): readonly Wallet[] {
    return this.#accounts.wallets;
  }

  get openHolds(): readonly Transaction[] {
    return this.#openHolds;
  }

  act(): void {
    const dice = this.#random();
    if (dice < 0.24) this.#topUp();
    else if (dice < 0.46) this.#payShop();
    else if (dice < 0.62) this.#transfer();
    else if (dice < 0.74) this.#holdCard();
    else if (dice < 0.86) this.#settleHold();
    else if (dice < 0.92) this.#payOut();
    else if (dice < 0.95) this.#refundPayment();
    else if (dice < 0.975) this.#overspend();
    else this.#sweepFees();
  }

  /** A merchant payout that waits for its day. */
  schedulePayout(at: number): void {
    const shop = pick(this.#random, this.#accounts.shops);
    this.#send({
      amount_minor: everydayAmount(this.#random, shop.currency, 200, 900),
      currency: shop.currency,
      label: `Scheduled payout to ${shop.owner}`,
      source: shop.balance.balance_id,
      destination: `@World-${shop.currency}`,
      scheduled_for: at,
    });
  }

  /** A payment whose outcome the worker loses, so that its row stays queued. */
  leaveStuck(): void {
    this.#ledger.queue.loseOutcomes(1);
    this.#payShop("queued");
  }

  #fund(): void {
    for (const currency of CURRENCIES) {
      const safeguarding = this.#accounts.safeguarding.get(currency)!.balance_id;
      this.#capital(currency, "@treasury", 250_000, "Working capital");
      this.#capital(currency, safeguarding, 120_000, "Opening transfer to safeguarding");
    }
    for (const wallet of this.#accounts.wallets) this.#topUp(wallet);
  }

  #capital(currency: Currency, destination: string, major: number, label: string): void {
    this.#send({
      amount_minor: BigInt(Math.round(major * everydayScale(currency))) * 100n,
      currency,
      label,
      source: `@World-${currency}`,
      destination,
      allow_overdraft: true,
      skip_queue: true,
    });
  }

  #topUp(wallet: Wallet = pick(this.#random, this.#accounts.wallets)): void {
    const { currency } = wallet;
    const how = pick(this.#random, ["Bank transfer in", "Card top-up", "Salary", "Bank transfer in"]);
    this.#send({
      amount_minor: everydayAmount(
        this.#random,
        currency,
        how === "Salary" ? 900 : 60,
        how === "Salary" ? 2600 : 700,
      ),
      currency,
      label: `${how} – ${wallet.owner}`,
      source: `@World-${currency}`,
      destination: wallet.balance.balance_id,
      allow_overdraft: true,
      // Banks report some transfers days after the money counts.
      effective_date: how === "Bank transfer in" && this.#random() < 0.1 ? this.#daysAgo(2) : undefined,
      meta_data: { channel: how === "Card top-up" ? "card" : "bank" },
    });
  }

  #payShop(mode: "any" | "queued" = "any"): void {
    const shop = pick(this.#random, this.#accounts.shops);
    const payer = this.#payerOf(shop.currency);
    if (payer === undefined) return;
    const row = this.#send({
      amount_minor: this.#spendable(payer, 4, 90),
      currency: shop.currency,
      label: `Payment to ${shop.owner}`,
      source: payer.balance.balance_id,
      destination: shop.balance.balance_id,
      skip_queue: mode === "any" && this.#random() < 0.3,
      meta_data: { channel: pick(this.#random, ["pos", "web", "mobile"]), category: shop.category },
    });
    this.#payments.push(row);
    if (this.#payments.length > 40) this.#payments.shift();
  }

  #transfer(): void {
    const to = pick(this.#random, this.#accounts.wallets);
    const from = this.#payerOf(to.currency, to);
    if (from === undefined) return;
    const amount = this.#spendable(from, 10, 220);
    if (amount < 100n) return;
    const fee = amount / 100n;
    this.#send({
      amount_minor: amount,
      currency: to.currency,
      label: `${from.owner} to ${to.owner}`,
      source: from.balance.balance_id,
      destinations: [
        { identifier: "@fees", distribution: "", precise_distribution: String(fee) },
        { identifier: to.balance.balance_id, distribution: "left", precise_distribution: undefined },
      ],
      skip_queue: true,
      meta_data: { channel: "mobile" },
    });
  }

  #holdCard(): void {
    const shop = pick(this.#random, this.#accounts.shops);
    const payer = this.#payerOf(shop.currency);
    if (payer === undefined) return;
    const row = this.#send({
      amount_minor: this.#spendable(payer, 15, 160),
      currency: shop.currency,
      label: `Card authorisation – ${shop.owner}`,
      source: payer.balance.balance_id,
      destination: shop.balance.balance_id,
      inflight: true,
      skip_queue: true,
      meta_data: { channel: "card", category: shop.category },
    });
    this.#openHolds.push(row);
  }

  #settleHold(): void {
    // The oldest first, but a few are forgotten: a ledger always has holds that nobody settled.
    const held =
      this.#openHolds.length > 6 ? this.#openHolds.splice(between(this.#random, 1, 4), 1)[0] : undefined;
    if (held === undefined || remainingHold(this.#ledger, held) === 0n) return;
    const dice = this.#random();
    const part = (held.precise_amount * 7n) / 10n;
    const settle = (action: "commit" | "void", amount?: bigint) =>
      updateInflight(this.#ledger, held.transaction_id, {
        action,
        amountAt: amount === undefined ? undefined : () => amount,
        skip_queue: true,
      });
    if (dice < 0.7) settle("commit");
    else if (dice < 0.85) settle("void");
    else if (part > 0n) {
      settle("commit", part);
      settle("void");
    }
  }

  #payOut(): void {
    const shop = pick(this.#random, this.#accounts.shops);
    const available = availableFunds(shop.balance);
    if (available < 10_000n) return;
    this.#send({
      amount_minor: (available * BigInt(between(this.#random, 40, 80))) / 100n,
      currency: shop.currency,
      label: `Payout to ${shop.owner}`,
      source: shop.balance.balance_id,
      destination: `@World-${shop.currency}`,
      meta_data: { channel: "bank" },
    });
  }

  #refundPayment(): void {
    const payment = this.#payments.shift();
    if (payment === undefined) return;
    const [outcome = payment] = this.#ledger.transactions.find("parent_transaction", payment.transaction_id);
    if (outcome.status !== "APPLIED") return;
    refund(this.#ledger, outcome.transaction_id, { skip_queue: true });
  }

  /** More than the wallet holds: the queue rejects it later. */
  #overspend(): void {
    const shop = pick(this.#random, this.#accounts.shops);
    const payer = this.#payerOf(shop.currency);
    if (payer === undefined) return;
    this.#send({
      amount_minor: availableFunds(payer.balance) + everydayAmount(this.#random, shop.currency, 20, 400),
      currency: shop.currency,
      label: `Payment to ${shop.owner}`,
      source: payer.balance.balance_id,
      destination: shop.balance.balance_id,
      meta_data: { channel: "web", category: shop.category },
    });
  }

  #sweepFees(): void {
    const currency = pick(this.#random, CURRENCIES);
    const fees = this.#ledger.balances
      .find("indicator", "@fees")
      .find((balance) => balance.currency === currency)!;
    const available = availableFunds(fees);
    if (available <= 0n) return;
    this.#send({
      amount_minor: available,
      currency,
      label: `Fee sweep – ${currency}`,
      source: fees.balance_id,
      destination: this.#accounts.feeIncome.get(currency)!.balance_id,
      skip_queue: true,
    });
  }

  #send({ amount_minor, label, ...asked }: Sending): Transaction {
    this.#count += 1;
    const request = newRequest({
      ...asked,
      precise_amount: amount_minor,
      precision: 100n,
      reference: `${this.#tag}-${String(this.#count).padStart(6, "0")}`,
      description: label,
    });
    return recordTransaction(this.#ledger, request).row;
  }

  #daysAgo(days: number): number {
    return this.#ledger.clock.now() - days * 86_400_000_000;
  }

  #payerOf(currency: Currency, except?: Wallet): Wallet | undefined {
    const able = this.#accounts.wallets.filter(
      (wallet) =>
        wallet.currency === currency && wallet !== except && availableFunds(wallet.balance) > 1_000n,
    );
    return able.length === 0 ? undefined : pick(this.#random, able);
  }

  /** An everyday amount, at most two thirds of what the wallet has. */
  #spendable(wallet: Wallet, least: number, most: number): bigint {
    const wanted = everydayAmount(this.#random, wallet.currency, least, most);
    const limit = (availableFunds(wallet.balance) * 2n) / 3n;
    return wanted < limit ? wanted : limit;
  }
}
