import { balanceAt } from "../../ledger/balance-at.ts";
import { CoreError } from "../../ledger/core-error.ts";
import { isSince } from "../../ledger/core-version.ts";
import { parseInstant } from "../../ledger/instant.ts";
import { GENERAL_LEDGER, createBalance, createLedger, linkIdentity } from "../../ledger/ledger.ts";
import { lineageOf } from "../../ledger/lineage.ts";
import { mergeMetaData } from "../../ledger/merge-meta-data.ts";
import type { AllocationStrategy, Balance } from "../../ledger/rows.ts";
import { balanceRecord, ledgerRecord } from "../records.ts";
import type { Answer, Call } from "../router.ts";
import { type BodyObject, blank, readObject, wordProblems } from "./read-object.ts";

const STRATEGIES: AllocationStrategy[] = ["FIFO", "LIFO", "PROPORTIONAL"];

export function postLedger({ instance, body }: Call): Answer {
  const sent = readObject(body, "errors");
  const name = sent.text("name");
  refuseProblems({ name: blank(name) });
  return {
    status: 201,
    body: ledgerRecord(createLedger(instance.ledger, name, sent.map("meta_data") ?? null)),
  };
}

export function postBalance({ instance, body, switches }: Call): Answer {
  const sent = readObject(body);
  const takesIndicator = isSince(switches.core_version, "0.15.3");
  const input = {
    ledger_id: sent.text("ledger_id"),
    currency: sent.text("currency"),
    identity_id: sent.text("identity_id"),
    indicator: takesIndicator ? sent.text("indicator").trim() || undefined : undefined,
    meta_data: sent.map("meta_data") ?? null,
    track_fund_lineage: sent.flag("track_fund_lineage"),
    allocation_strategy: readStrategy(sent),
  };
  refuseProblems({
    ledger_id: blank(input.ledger_id),
    currency: blank(input.currency),
    indicator: findIndicatorProblem(input.indicator, input.ledger_id),
    allocation_strategy:
      input.allocation_strategy === null ? "must be FIFO, LIFO or PROPORTIONAL" : undefined,
    identity_id: input.track_fund_lineage ? blank(input.identity_id) : undefined,
  });
  const allocation_strategy = input.allocation_strategy ?? undefined;
  return {
    status: 201,
    // Core answers before it reads back what PostgreSQL stored: the row's version is 1.
    body: { ...balanceRecord(createBalance(instance.ledger, { ...input, allocation_strategy })), version: 0 },
  };
}

export function readBalance({ instance, params }: Call): Answer {
  return { status: 200, body: balanceRecord(getBalance(instance.ledger.balances, params.id!)) };
}

export function readBalanceAt({ instance, params, query }: Call): Answer {
  const at = parseInstant(query.get("timestamp") ?? "");
  if (at === undefined)
    throw new CoreError("BAL_INVALID_TIMESTAMP", "invalid timestamp, RFC 3339 is expected");
  const balance = getBalance(instance.ledger.balances, params.id!);
  const { credit, debit } = balanceAt(instance.ledger, balance, at);
  return {
    status: 200,
    body: {
      balance: {
        balance_id: balance.balance_id,
        balance: credit - debit,
        credit_balance: credit,
        debit_balance: debit,
        currency: balance.currency,
      },
      timestamp: `${new Date(at / 1000).toISOString().slice(0, 19)}Z`,
      from_source: query.get("from_source") === "true",
    },
  };
}

export function readBalanceLineage({ instance, params }: Call): Answer {
  const balance = getBalance(instance.ledger.balances, params.id!);
  if (!balance.track_fund_lineage)
    throw new CoreError(
      "GEN_BAD_REQUEST",
      `balance ${balance.balance_id} does not have fund lineage tracking enabled`,
    );
  return {
    status: 200,
    body: lineageOf(instance.ledger, balance),
  };
}

export function putBalanceIdentity({ instance, params, body }: Call): Answer {
  const identityId = readObject(body).text("identity_id");
  if (identityId === "") throw new CoreError("GEN_MALFORMED_REQUEST", "identity_id is required");
  linkIdentity(instance.ledger, params.id!, identityId);
  return { status: 200, body: { message: "Balance identity updated successfully" } };
}

export function postMetaData({ instance, params, body, switches }: Call): Answer {
  const sent = readObject(body).map("meta_data");
  if (sent === undefined) throw new CoreError("GEN_MALFORMED_REQUEST", "Invalid input");
  return {
    status: switches.metadata_status,
    body: { meta_data: mergeMetaData(instance.ledger, params.id!, sent) },
  };
}

function refuseProblems(problems: Record<string, string | undefined>): void {
  const words = wordProblems(problems);
  if (words !== undefined) throw new CoreError("GEN_VALIDATION_ERROR", words, "errors");
}

function findIndicatorProblem(indicator: string | undefined, ledgerId: string): string | undefined {
  if (indicator === undefined) return undefined;
  if (!/^@\S+$/.test(indicator)) return "must start with @ and have no spaces";
  return ledgerId === GENERAL_LEDGER ? undefined : "is only for balances of the general ledger";
}

/** `null` when the strategy is none that Core knows. */
function readStrategy(sent: BodyObject): AllocationStrategy | undefined | null {
  const given = sent.text("allocation_strategy").toUpperCase();
  if (given === "") return sent.flag("track_fund_lineage") ? "FIFO" : undefined;
  return STRATEGIES.find((strategy) => strategy === given) ?? null;
}

function getBalance(balances: { get(id: string): Balance | undefined }, id: string): Balance {
  const balance = balances.get(id);
  if (balance === undefined) throw new CoreError("BAL_NOT_FOUND", `Balance with ID '${id}' not found`);
  return balance;
}
