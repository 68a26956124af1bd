import type { ReactNode } from "react";

import { BALANCE_FIELDS, OPERATORS } from "#app/monitors/definition/monitor.ts";

import { Decimal, Minutes, Select, Text } from "./fields.tsx";
import type { FormKind } from "./form-kind.ts";
import { SelectionFields } from "./selection-fields.tsx";

const FIELD_WORDS: Record<(typeof BALANCE_FIELDS)[number], string> = {
  balance: "Balance",
  credit_balance: "Credit",
  debit_balance: "Debit",
  inflight_balance: "Inflight",
  inflight_credit_balance: "Inflight credit",
  inflight_debit_balance: "Inflight debit",
  available: "Available (balance less inflight debit)",
};

const OPERATOR_WORDS: Record<(typeof OPERATORS)[number], string> = {
  "<": "is below",
  "<=": "is at most",
  ">": "is above",
  ">=": "is at least",
  "=": "is exactly",
  "!=": "is not",
};

/** When a monitor of a kind fires; undefined for kinds that need not be told. */
export function conditionFields(kind: FormKind): ReactNode | undefined {
  switch (kind) {
    case "balance_threshold":
      return <ThresholdFields />;
    case "comparison":
      return <ComparisonFields />;
    case "transaction_match":
      return <MatchFields />;
    case "stuck_transaction":
      return (
        <Grid>
          <Minutes name="condition.queued_minutes" label="Queued for more than, minutes" />
          <Minutes name="condition.hold_minutes" label="Held for more than, minutes" />
        </Grid>
      );
    case "rejections":
      return (
        <Grid>
          <Minutes name="condition.count" label="Rejected transactions, or more" />
          <Minutes name="condition.window_minutes" label="Within minutes" />
        </Grid>
      );
    case "movement":
      return <MovementFields />;
    case "silence":
      return (
        <Grid>
          <Minutes name="condition.minutes" label="Nothing applied for, minutes" />
        </Grid>
      );
    case "new_balance":
    case "ledger_imbalance":
    case "double_refund":
    case "applied_after_rejected":
    case "overheld":
    case "negative_balance":
      return undefined;
  }
}

function ThresholdFields() {
  return (
    <Grid>
      <BalanceFieldChoice name="condition.field" label="Amount of" />
      <PerChoice />
      <OperatorChoice name="condition.operator" />
      <Decimal name="condition.value" label="Value" placeholder="10000.00" />
      <Precision />
      <Decimal name="condition.rearm" label="Over once back at (optional)" placeholder="10500.00" />
      <Minutes name="condition.for_minutes" label="Only after minutes of it (optional)" placeholder="0" />
    </Grid>
  );
}

function ComparisonFields() {
  return (
    <>
      <Grid>
        <BalanceFieldChoice name="condition.field" label="Amount of" />
        <PerChoice />
        <OperatorChoice name="condition.operator" />
        <BalanceFieldChoice name="condition.compare.field" label="The total of" />
      </Grid>
      <p className="pt-4 pb-2 text-small text-quiet">Of these balances:</p>
      <SelectionFields kind="comparison" name="condition.compare.select" />
      <div className="pt-3">
        <Grid>
          <Decimal name="condition.compare.plus" label="Plus a margin (optional)" placeholder="0.00" />
          <Precision label="Minor units in one unit of the margin" />
          <Minutes name="condition.for_minutes" label="Only after minutes of it (optional)" placeholder="0" />
        </Grid>
      </div>
    </>
  );
}

function MatchFields() {
  return (
    <Grid>
      <OperatorChoice name="condition.amount_operator" any="Any amount" label="Amount" />
      <Decimal name="condition.value" label="Value" placeholder="10000.00" />
      <Precision />
    </Grid>
  );
}

function MovementFields() {
  return (
    <Grid>
      <Select name="condition.measure" label="Measure">
        <option value="sum">Sum of amounts</option>
        <option value="count">Number of transactions</option>
      </Select>
      <Select name="condition.direction" label="Direction">
        <option value="in">In</option>
        <option value="out">Out</option>
        <option value="both">In or out</option>
        <option value="net">In, less what moves out</option>
      </Select>
      <OperatorChoice name="condition.operator" />
      <Decimal name="condition.value" label="Value" placeholder="10000.00" />
      <Precision label="Minor units in one unit of a sum" />
      <Minutes name="condition.window_minutes" label="Within minutes" />
      <Select name="condition.per" label="For">
        <option value="selection">All that is watched together</option>
        <option value="balance">Each balance</option>
        <option value="identity">Each identity</option>
      </Select>
    </Grid>
  );
}

function BalanceFieldChoice({ name, label }: { name: string; label: string }) {
  return (
    <Select name={name} label={label}>
      {BALANCE_FIELDS.map((field) => (
        <option key={field} value={field}>
          {FIELD_WORDS[field]}
        </option>
      ))}
    </Select>
  );
}

function PerChoice() {
  return (
    <Select name="condition.per" label="For">
      <option value="balance">Each balance</option>
      <option value="total">The total of all</option>
    </Select>
  );
}

function OperatorChoice({
  name,
  any,
  label = "Alert when it",
}: {
  name: string;
  any?: string;
  label?: string;
}) {
  return (
    <Select name={name} label={label}>
      {any && <option value="">{any}</option>}
      {OPERATORS.map((operator) => (
        <option key={operator} value={operator}>
          {OPERATOR_WORDS[operator]}
        </option>
      ))}
    </Select>
  );
}

function Precision({ label = "Minor units in one unit" }: { label?: string }) {
  return <Text name="condition.precision" label={label} inputMode="numeric" placeholder="100" />;
}

function Grid({ children }: { children: ReactNode }) {
  return <div className="grid items-end gap-3 sm:grid-cols-2">{children}</div>;
}
