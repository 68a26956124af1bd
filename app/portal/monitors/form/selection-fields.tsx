import type { FormKind } from "./form-kind.ts";
import { LEDGER_LIST } from "./ledger-list.tsx";
import { Minutes, Select, Text, TextArea } from "./fields.tsx";
import { Disclosure } from "./disclosure.tsx";

const SELECTS: Record<FormKind, "balances" | "transactions" | "currency"> = {
  balance_threshold: "balances",
  comparison: "balances",
  new_balance: "balances",
  transaction_match: "transactions",
  stuck_transaction: "transactions",
  rejections: "transactions",
  movement: "transactions",
  silence: "transactions",
  ledger_imbalance: "currency",
  double_refund: "transactions",
  applied_after_rejected: "transactions",
  overheld: "balances",
  negative_balance: "balances",
};

/** What a monitor watches: all that is given must be so. */
export function SelectionFields({ kind, name = "select" }: { kind: FormKind; name?: string }) {
  const selects = SELECTS[kind];
  if (selects === "currency") {
    return (
      <Text name={`${name}.currency`} label="Currency; empty for all" maxLength={32} className="max-w-60" />
    );
  }
  return (
    <div className="space-y-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <Text name={`${name}.indicator`} label="Indicator" placeholder="@treasury" maxLength={128} />
        <Text name={`${name}.balance_id`} label="Balance id" placeholder="bln_…" maxLength={128} />
        <Text
          name={`${name}.ledger_id`}
          label="Ledger id"
          placeholder="ldg_…"
          list={LEDGER_LIST}
          maxLength={128}
        />
        <Text name={`${name}.currency`} label="Currency" placeholder="USD" maxLength={32} />
      </div>
      {selects === "transactions" ? (
        <TransactionFields name={name} kind={kind} />
      ) : (
        <OtherFields name={name} />
      )}
    </div>
  );
}

function OtherFields({ name }: { name: string }) {
  return (
    <Disclosure label="Identity and metadata" names={[`${name}.identity_id`, `${name}.meta_data`]}>
      <IdentityFields name={name} />
    </Disclosure>
  );
}

function IdentityFields({ name }: { name: string }) {
  return (
    <>
      <Text name={`${name}.identity_id`} label="Identity id" placeholder="idt_…" maxLength={128} />
      <TextArea
        name={`${name}.meta_data`}
        label="Metadata, a path and its value on each line"
        placeholder="app.channel = mobile"
        rows={3}
        spellCheck={false}
        className="sm:col-span-2"
      />
    </>
  );
}

const OF_TRANSACTIONS = [
  "identity_id",
  "meta_data",
  "source",
  "destination",
  "status",
  "description_contains",
  "reference_contains",
  "is_refund",
  "backdated_days",
];

function TransactionFields({ name, kind }: { name: string; kind: FormKind }) {
  return (
    <Disclosure
      label="Source, destination and more"
      names={OF_TRANSACTIONS.map((field) => `${name}.${field}`)}
      isOpen={kind === "transaction_match"}
    >
      <Text name={`${name}.source`} label="Source" placeholder="@World or bln_…" maxLength={128} />
      <Text name={`${name}.destination`} label="Destination" placeholder="@fees or bln_…" maxLength={128} />
      <Text name={`${name}.status`} label="Status" placeholder="APPLIED" maxLength={32} />
      <Text name={`${name}.description_contains`} label="Description contains" maxLength={1000} />
      <Text name={`${name}.reference_contains`} label="Reference contains" maxLength={1000} />
      <Select name={`${name}.is_refund`} label="Refund">
        <option value="">Either</option>
        <option value="true">Is a refund</option>
        <option value="false">Is no refund</option>
      </Select>
      <Minutes name={`${name}.backdated_days`} label="Backdated by days or more" />
      <IdentityFields name={name} />
    </Disclosure>
  );
}
