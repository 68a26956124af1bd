import { checkAgainstBalances, type TransactionSide } from "#app/platform/blnk/checks.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Hold } from "#app/platform/blnk/holds.server.ts";
import { readTransactionChain } from "#app/platform/blnk/read-transaction-chain.server.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";
import { formatAmount } from "#app/money/format-amount.ts";
import { type AmountError, parseAmount } from "#app/money/parse-amount.ts";

import { type ActionEffect, effectOf } from "./action-effect.ts";

/** A decimal in major units, as it was typed, or minor units. Left out, a commit is of all that remains. */
type AskedAmount = string | bigint | undefined;

export type ActionRequest =
  | { kind: "commit"; target: string; amount?: AskedAmount }
  | { kind: "void"; target: string }
  | { kind: "refund"; target: string }
  | { kind: "adjustment"; source: string; destination: string; amount?: AskedAmount };

/** What an action would do, from what the ledger says now. */
export type ActionPlan = {
  kind: ActionRequest["kind"];
  /** The hold or the transaction that it is about; an adjustment has none. */
  target: Transaction | undefined;
  /** As it was read, with its children: what a commit or void is sent for. */
  hold: Hold | undefined;
  /** The rows that its hold, or the chain that is refunded, has already. */
  rowsBefore: string[];
  lock_id: string | null;
  /** Undefined while none was given that can be read. */
  amount: bigint | undefined;
  precision: bigint;
  currency: string;
  /** Undefined while there is no amount. */
  effect: ActionEffect | undefined;
  sides: { source: TransactionSide; destination: TransactionSide };
  /** Why it must not be done. */
  problems: string[];
  /** What is odd, for the person to judge. */
  warnings: string[];
};

/** Minor units per major unit that this install assumes for a currency. */
type AssumePrecision = (currency: string) => bigint;

/**
 * Reads all that an action depends on, and checks it: before it is prepared, and again right before it is sent.
 *
 * @throws CloudError for what there can be no plan for: a target that is no hold, or not applied, or a balance that is
 * not there
 */
export async function planAction(
  client: CloudClient,
  request: ActionRequest,
  assume: AssumePrecision,
): Promise<ActionPlan> {
  switch (request.kind) {
    case "commit":
    case "void":
      return await planSettlement(client, request);
    case "refund":
      return await planRefund(client, request.target);
    case "adjustment":
      return await planAdjustment(client, request, assume);
  }
}

async function planSettlement(
  client: CloudClient,
  request: { kind: "commit" | "void"; target: string; amount?: AskedAmount },
): Promise<ActionPlan> {
  const hold = await client.holds.get(request.target);
  const { row, remaining } = hold;
  const movement = movementOf(row);
  if (remaining === undefined) throw new CloudError("malformed", { reason: "incomplete transaction" });
  const { amount, problem } = readAmount(request.amount ?? remaining, movement.precision);
  const problems = problem ? [problem] : [];
  if (remaining <= 0n) problems.push("Nothing remains of this hold.");
  else if (amount !== undefined && amount > remaining) {
    problems.push(`Only ${amountText(remaining, movement)} remains of this hold.`);
  }
  const plan = await withSides(client, {
    ...movement,
    kind: request.kind,
    target: row,
    hold,
    rowsBefore: hold.children.map(({ transaction_id }) => transaction_id),
    lock_id: row.transaction_id,
    amount,
    problems,
  });
  if (remaining > 0n) problems.push(...findMissingHoldProblems(remaining, plan));
  return plan;
}

/**
 * Core settles a hold whenever the balances have enough inflight, even one that it released already: then it takes what
 * belongs to another.
 */
function findMissingHoldProblems(remaining: bigint, { sides, ...units }: ActionPlan): string[] {
  const inflight = [
    ["source", sides.source.balance?.inflight_debit_balance],
    ["destination", sides.destination.balance?.inflight_credit_balance],
  ] as const;
  return inflight.flatMap(([side, has]) => {
    if (has !== undefined && has >= remaining) return [];
    const held = has === undefined ? "An unknown amount" : `Only ${amountText(has, units)}`;
    return `${held} is inflight at the ${side}, and ${amountText(remaining, units)} remains of this hold. Settling it would take another hold's money.`;
  });
}

async function planRefund(client: CloudClient, target: string): Promise<ActionPlan> {
  const { chain, row } = await readTransactionChain(client, target);
  if (row.status !== "APPLIED")
    throw new CloudError("invalid", {}, "Only an applied transaction can be refunded");
  const { source, destination, amount, ...units } = movementOf(row);
  const problems: string[] = [];
  const part = chain.steps.find((step) => step.row.transaction_id === row.transaction_id)?.part;
  if (part === "refund") problems.push("This is a refund. Only what it refunds can be refunded.");
  else if (chain.refundable.every(({ transaction_id }) => transaction_id !== row.transaction_id))
    problems.push("This transaction was refunded already.");
  else if (!chain.complete) problems.push("Not all of its rows could be looked through for a refund.");
  return await withSides(client, {
    ...units,
    source: destination,
    destination: source,
    amount,
    kind: "refund",
    target: row,
    hold: undefined,
    rowsBefore: chain.steps.map((step) => step.row.transaction_id),
    lock_id: chain.root.transaction_id,
    problems,
  });
}

async function planAdjustment(
  client: CloudClient,
  request: { source: string; destination: string; amount?: AskedAmount },
  assume: AssumePrecision,
): Promise<ActionPlan> {
  const [source, destination] = await Promise.all([
    findOwnSide(client, request.source),
    findOwnSide(client, request.destination),
  ]);
  const { currency } = source.balance!;
  if (currency === undefined) throw new CloudError("malformed", { reason: "incomplete balance" });
  const [known] = [...source.recent, ...destination.recent].map(({ precision }) => precision);
  const precision = known !== undefined && known >= 1n ? known : assume(currency);
  const { amount, problem } =
    request.amount === undefined
      ? { amount: undefined, problem: undefined }
      : readAmount(request.amount, precision);
  const problems = problem ? [problem] : [];
  if (request.source === request.destination) problems.push("Both sides are the same balance.");
  const transaction = { precision, currency, source: request.source, destination: request.destination };
  for (const { message } of checkAgainstBalances(transaction, { source, destination }))
    problems.push(message);
  const effect = amount === undefined ? undefined : effectOf("adjustment", amount, { source, destination });
  const left = effect?.source.after.available;
  if (left !== undefined && left < 0n) {
    // It is never sent with leave to overdraw, so Core would refuse it.
    problems.push(
      `Only ${amountText(effect!.source.before.available!, { precision, currency })} is available.`,
    );
  }
  return {
    kind: "adjustment",
    target: undefined,
    hold: undefined,
    rowsBefore: [],
    // The same once more, while the first may still arrive, is taken for a second try.
    lock_id: amount === undefined ? null : `${request.source} ${request.destination} ${amount}`,
    amount,
    precision,
    currency,
    effect,
    problems,
    sides: { source, destination },
    warnings: [],
  };
}

/** By its id alone: an indicator that does not exist would make a new balance. */
async function findOwnSide(
  { transactions }: Pick<CloudClient, "transactions">,
  id: string,
): Promise<TransactionSide> {
  if (id.startsWith("@")) throw new CloudError("not_found");
  return await transactions.findSide(id, "");
}

type Movement = { source: string; destination: string; precision: bigint; currency: string; amount: bigint };

/** @throws CloudError `malformed` for a row that does not say all that is needed */
function movementOf({
  source,
  destination,
  precision,
  currency,
  precise_amount: amount,
}: Transaction): Movement {
  const complete =
    source !== undefined && destination !== undefined && currency !== undefined && amount !== undefined;
  if (!complete || precision === undefined || precision < 1n)
    throw new CloudError("malformed", { reason: "incomplete transaction" });
  return { source, destination, precision, currency, amount };
}

async function withSides(
  { transactions }: Pick<CloudClient, "transactions">,
  {
    source,
    destination,
    amount,
    ...plan
  }: Omit<ActionPlan, "effect" | "sides" | "warnings"> & { source: string; destination: string },
): Promise<ActionPlan> {
  const [sourceSide, destinationSide] = await Promise.all(
    [source, destination].map((id) => transactions.findSide(id, plan.currency)),
  );
  const sides = { source: sourceSide!, destination: destinationSide! };
  const { precision, currency } = plan;
  const transaction = { precision, currency, source, destination };
  return {
    ...plan,
    amount,
    sides,
    effect: amount === undefined ? undefined : effectOf(plan.kind, amount, sides),
    // The transaction is there already, whatever its balances are like.
    warnings: checkAgainstBalances(transaction, sides).map(({ message }) => message),
  };
}

const AMOUNT_ERRORS: Record<AmountError, string> = {
  empty: "Enter an amount.",
  too_long: "That amount is too long.",
  not_a_number: "Enter the amount in digits, such as 1250.50.",
  not_whole: "That amount has more decimals than its currency has here.",
};

function readAmount(
  asked: string | bigint,
  precision: bigint,
): { amount: bigint | undefined; problem?: string | undefined } {
  const amount = typeof asked === "bigint" ? asked : parseAmount(asked, precision);
  if (typeof amount === "string") return { amount: undefined, problem: AMOUNT_ERRORS[amount] };
  if (amount <= 0n && typeof asked === "string")
    return { amount: undefined, problem: "The amount must be more than zero." };
  return { amount };
}

function amountText(minor: bigint, { precision, currency }: { precision: bigint; currency: string }): string {
  return formatAmount(minor, precision, { currency });
}
