import { parseAmount } from "#app/money/parse-amount.ts";

import {
  isObject,
  readFlag,
  readId,
  readInteger,
  readList,
  readMetadata,
  readObject,
  readText,
  readTime,
} from "./read-fields.ts";
import type { JsonObject, JsonValue } from "./transport/lossless-json.ts";

/** Times are ms UTC, amounts minor units. Undefined means that Blnk did not say, or not in a way that can be read. */
export type Ledger = {
  ledger_id: string;
  name: string | undefined;
  created_at: number | undefined;
  meta_data: JsonObject;
};

export type Balance = {
  balance_id: string;
  ledger_id: string | undefined;
  identity_id: string | undefined;
  /** Such as `@World`; unique per currency. */
  indicator: string | undefined;
  currency: string | undefined;
  balance: bigint | undefined;
  credit_balance: bigint | undefined;
  debit_balance: bigint | undefined;
  inflight_balance: bigint | undefined;
  inflight_credit_balance: bigint | undefined;
  inflight_debit_balance: bigint | undefined;
  /** Counts its changes. A stored balance starts at 1, so it does not tell whether it ever moved. */
  version: bigint | undefined;
  created_at: number | undefined;
  track_fund_lineage: boolean;
  meta_data: JsonObject;
};

/** `COMMIT` and `EXPIRED` are never stored; what Blnk may add later stays a string. */
type TransactionStatus =
  | "QUEUED"
  | "SCHEDULED"
  | "APPLIED"
  | "INFLIGHT"
  | "VOID"
  | "REJECTED"
  | (string & {});

export type Transaction = {
  transaction_id: string;
  parent_transaction: string | undefined;
  precise_amount: bigint | undefined;
  /** Minor units per major unit. It belongs to the transaction: balances have none. */
  precision: bigint | undefined;
  currency: string | undefined;
  source: string | undefined;
  destination: string | undefined;
  reference: string | undefined;
  description: string | undefined;
  status: TransactionStatus | undefined;
  /** An outcome row copies the one of its queued row. */
  created_at: number | undefined;
  effective_date: number | undefined;
  scheduled_for: number | undefined;
  inflight: boolean;
  /** Whoever sent it allowed its source to go below zero, or Core did for a refund. */
  allow_overdraft: boolean;
  /** Why Core rejected it. */
  rejection_reason: string | undefined;
  /** The transaction that it says it is a shadow of; see `isShadowRow`. */
  shadow_for: string | undefined;
  meta_data: JsonObject;
};

export type Identity = {
  identity_id: string;
  identity_type: string | undefined;
  organization_name: string | undefined;
  category: string | undefined;
  first_name: string | undefined;
  last_name: string | undefined;
  other_names: string | undefined;
  gender: string | undefined;
  email_address: string | undefined;
  phone_number: string | undefined;
  nationality: string | undefined;
  street: string | undefined;
  city: string | undefined;
  state: string | undefined;
  country: string | undefined;
  post_code: string | undefined;
  dob: number | undefined;
  created_at: number | undefined;
  meta_data: JsonObject;
};

export type Alert = {
  anomaly_id: string;
  title: string | undefined;
  description: string | undefined;
  type: string | undefined;
  status: string | undefined;
  created_at: number | undefined;
  updated_at: number | undefined;
  affected_balances: string[];
  affected_identities: string[];
  affected_transactions: string[];
};

export type AlertStatus = {
  key: string;
  name: string | undefined;
  colour: string | undefined;
};

export function readLedger(value: JsonValue): Ledger {
  const row = readObject(value);
  return {
    ledger_id: readId(row["ledger_id"]),
    name: readText(row["name"]),
    created_at: readTime(row["created_at"]),
    meta_data: readMetadata(row["meta_data"]),
  };
}

export function readBalance(value: JsonValue): Balance {
  const row = readObject(value);
  return {
    balance_id: readId(row["balance_id"]),
    ledger_id: readText(row["ledger_id"]),
    identity_id: readText(row["identity_id"]),
    indicator: readText(row["indicator"]),
    currency: readText(row["currency"]),
    balance: readInteger(row["balance"]),
    credit_balance: readInteger(row["credit_balance"]),
    debit_balance: readInteger(row["debit_balance"]),
    inflight_balance: readInteger(row["inflight_balance"]),
    inflight_credit_balance: readInteger(row["inflight_credit_balance"]),
    inflight_debit_balance: readInteger(row["inflight_debit_balance"]),
    version: readInteger(row["version"]),
    created_at: readTime(row["created_at"]),
    track_fund_lineage: readFlag(row["track_fund_lineage"]),
    meta_data: readMetadata(row["meta_data"]),
  };
}

export function readTransaction(value: JsonValue): Transaction {
  const row = readObject(value);
  const meta_data = readMetadata(row["meta_data"]);
  const precision = readInteger(row["precision"]);
  return {
    transaction_id: readId(row["transaction_id"]),
    parent_transaction: readText(row["parent_transaction"]),
    precise_amount: readInteger(row["precise_amount"]) ?? amountInMinorUnits(row, precision),
    precision,
    currency: readText(row["currency"]),
    source: readText(row["source"]),
    destination: readText(row["destination"]),
    reference: readText(row["reference"]),
    description: readText(row["description"]),
    status: readText(row["status"])?.toUpperCase(),
    created_at: readTime(row["created_at"]),
    effective_date: readTime(row["effective_date"]),
    scheduled_for: readTime(row["scheduled_for"]),
    // Core lifts the flag out of the metadata; a row straight from the database still has it there.
    inflight: readFlag(row["inflight"]) || readFlag(meta_data["inflight"]),
    allow_overdraft: readFlag(row["allow_overdraft"]) || readFlag(meta_data["allow_overdraft"]),
    rejection_reason: readText(meta_data["blnk_rejection_reason"]),
    shadow_for: readText(meta_data["_shadow_for"]),
    meta_data,
  };
}

/** Core keeps `amount` as a double, which tells any two integers of up to 15 digits apart, and not all of 16. */
const SURE_IN_A_DOUBLE = 10n ** 15n;

/** Where `precise_amount` was left out: the major-unit amount, if it is exact and a whole number of minor units. */
function amountInMinorUnits(row: JsonObject, precision: bigint | undefined): bigint | undefined {
  const given = readText(row["amount_string"]) ?? row["amount"];
  const amount = readText(given);
  if (amount === undefined || precision === undefined || precision < 1n) return undefined;
  const minor = parseAmount(amount, precision);
  if (typeof minor !== "bigint") return undefined;
  const isSure = typeof given === "string" || (-SURE_IN_A_DOUBLE < minor && minor < SURE_IN_A_DOUBLE);
  return isSure ? minor : undefined;
}

export function readIdentity(value: JsonValue): Identity {
  const row = readObject(value);
  return {
    identity_id: readId(row["identity_id"]),
    identity_type: readText(row["identity_type"]),
    organization_name: readText(row["organization_name"]),
    category: readText(row["category"]),
    first_name: readText(row["first_name"]),
    last_name: readText(row["last_name"]),
    other_names: readText(row["other_names"]),
    gender: readText(row["gender"]),
    email_address: readText(row["email_address"]),
    phone_number: readText(row["phone_number"]),
    nationality: readText(row["nationality"]),
    street: readText(row["street"]),
    city: readText(row["city"]),
    state: readText(row["state"]),
    country: readText(row["country"]),
    post_code: readText(row["post_code"]),
    dob: readTime(row["dob"]),
    created_at: readTime(row["created_at"]),
    meta_data: readMetadata(row["meta_data"]),
  };
}

export function readAlert(value: JsonValue): Alert {
  const row = readObject(value);
  return {
    anomaly_id: readId(row["anomaly_id"]),
    title: readText(row["title"]),
    description: readText(row["description"]),
    type: readText(row["type"]),
    status: readText(row["status"]),
    created_at: readTime(row["created_at"]),
    updated_at: readTime(row["updated_at"]),
    affected_balances: readTexts(row["affected_balances"]),
    affected_identities: readTexts(row["affected_identities"]),
    affected_transactions: readTexts(row["affected_transactions"]),
  };
}

export function readAlertStatus(value: JsonValue): AlertStatus {
  const row = readObject(value);
  return { key: readId(row["key"]), name: readText(row["name"]), colour: readText(row["colour"]) };
}

function readTexts(value: JsonValue | undefined): string[] {
  return readList(value).flatMap((item) => readText(item) ?? []);
}

/** One record, bare or as `{data}`: how Cloud wraps a detail is not documented. Undefined when there is none. */
export function readDetail(body: JsonValue, idField: string): JsonObject | undefined {
  if (!isObject(body)) return undefined;
  const row = idField in body ? body : body["data"];
  return isObject(row) && idField in row ? row : undefined;
}
