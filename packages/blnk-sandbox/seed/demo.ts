import type { Alert } from "../alerts.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type Micros, microsOf } from "../ledger/instant.ts";
import { updateInflight } from "../ledger/update-inflight.ts";
import type { Instance, Workspace } from "../workspace.ts";
import { between, seededRandom } from "./random.ts";
import { seedReconciliations } from "./reconciliations.ts";
import { WalletBusiness } from "./wallet-business.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Writes the past of a wallet company up to the present moment: the same trade for the same seed, day for day. */
export function seedDemo(
  workspace: Workspace,
  instance: Instance,
  days: number,
  seed: number,
): WalletBusiness {
  const { ledger } = instance;
  const random = seededRandom(seed);
  const now = Date.now();
  const start = now - days * DAY_MS;
  ledger.clock.stopAt(microsOf(start));
  const business = new WalletBusiness(ledger, random, `hist-${seed}`);
  ledger.queue.drain();
  for (let midnight = start - (start % DAY_MS); midnight < now; midnight += DAY_MS) {
    const count = busyness(midnight, (midnight - start) / (days * DAY_MS));
    for (const at of momentsOfDay(midnight, count, random)) {
      if (at <= start || at >= now - HOUR_MS) continue;
      ledger.clock.stopAt(microsOf(at));
      business.act();
      ledger.queue.drain();
    }
  }
  leaveLooseEnds(business, ledger, now);
  raiseAlerts(workspace, instance, business, now);
  seedReconciliations(ledger, microsOf(now));
  ledger.clock.resume();
  ledger.queue.wake();
  return business;
}

/** Trade grows over the months and rests at weekends. */
function busyness(midnight: number, progress: number): number {
  const weekday = new Date(midnight).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  return Math.round((10 + 8 * progress) * (isWeekend ? 0.6 : 1));
}

/** Moments between six in the morning and ten at night, in order. */
function momentsOfDay(midnight: number, count: number, random: () => number): number[] {
  return Array.from({ length: count }, () => midnight + between(random, 6 * HOUR_MS, 22 * HOUR_MS)).sort(
    (left, right) => left - right,
  );
}

function leaveLooseEnds(business: WalletBusiness, ledger: Ledger, now: number): void {
  const at = (ms: number): Micros => microsOf(now + ms);
  ledger.clock.stopAt(at(-HOUR_MS));
  business.schedulePayout(at(18 * HOUR_MS));
  business.schedulePayout(at(2 * DAY_MS));
  ledger.queue.drain();
  ledger.clock.stopAt(at(-0.7 * HOUR_MS));
  business.leaveStuck();
  ledger.queue.drain();
  ledger.clock.stopAt(at(-0.5 * HOUR_MS));
  const [oldest] = business.openHolds;
  const half = (oldest?.precise_amount ?? 0n) / 2n;
  if (oldest === undefined || half === 0n) return;
  updateInflight(ledger, oldest.transaction_id, { action: "commit", amountAt: () => half, skip_queue: true });
}

function raiseAlerts(
  { alert_statuses }: Workspace,
  { alerts, ledger }: Instance,
  business: WalletBusiness,
  now: number,
): void {
  const daysAgo = (days: number) => microsOf(now - days * DAY_MS);
  const flag = (days: number, type: Alert["type"], id: string, title: string, description: string): Alert => {
    ledger.clock.stopAt(daysAgo(days));
    return alerts.flag(type, id, title, description);
  };
  const walletOf = (owner: string) =>
    business.wallets.find((wallet) => wallet.owner === owner)!.balance.balance_id;

  ledger.clock.stopAt(daysAgo(40));
  const waiting = "AWAITING_CUSTOMER";
  if (!alert_statuses.has(waiting)) alert_statuses.create("Awaiting customer", "#F59E0B", waiting);
  const week = "Ada Obi spent three times the usual week.";
  alerts.update(flag(21, "Balance", walletOf("Ada Obi"), "Unusual spending", week), { status: "RESOLVED" });
  const proof = "Top-ups of Zainab Yusuf need a proof of income.";
  alerts.update(flag(9, "Balance", walletOf("Zainab Yusuf"), "Source of funds", proof), { status: waiting });
  const [hold] = business.openHolds;
  if (hold !== undefined && hold.created_at < daysAgo(2)) {
    const words = `${hold.description} has not been settled.`;
    alerts.update(flag(2, "Transaction", hold.transaction_id, "Hold still open", words), {
      status: "INVESTIGATING",
    });
  }
  const rejected = ledger.transactions
    .all()
    .findLast((row) => row.status === "REJECTED" && row.created_at < daysAgo(0.3));
  if (rejected !== undefined) {
    const words = `${rejected.description}: not enough funds in the wallet.`;
    flag(0.3, "Transaction", rejected.transaction_id, "Payment rejected", words);
  }
}
