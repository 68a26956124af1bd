import { app } from "#app/app.ts";
import { FilterBar } from "#app/platform/portal/lists/filter-bar.tsx";
import { ListFrame } from "#app/platform/portal/lists/list-frame.tsx";
import { UnitsLink } from "#app/platform/portal/lists/units-link.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { SelectField, TextField } from "#app/ui/field.tsx";

import { loadTransactions } from "./load-transactions.server.ts";
import { TransactionTable } from "./transaction-table.tsx";
import type { Route } from "./+types/transactions.ts";

const STATUSES = ["APPLIED", "INFLIGHT", "QUEUED", "SCHEDULED", "VOID", "REJECTED"];

export function meta(): Route.MetaDescriptors {
  return [{ title: `Transactions · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args);
  return loadTransactions(readCloud, params, now);
}

export default function TransactionsPage({ loaderData: list }: Route.ComponentProps) {
  const { q, status, currency, min, max, from, to } = list.filters;
  const active = [status, currency, min, max, from, to].filter(Boolean).length;
  return (
    <ListFrame
      title="Transactions"
      noun={["row", "rows"]}
      scope="data:read"
      list={list}
      csv="transactions.csv"
      empty="Every row that Blnk writes for a transaction will be here once there is one."
      aside={<UnitsLink inMinorUnits={list.inMinorUnits} />}
      filters={
        <FilterBar search={q} searchLabel="Id, reference or @indicator" active={active}>
          <SelectField label="Status" name="status" defaultValue={status ?? ""} className="xl:w-32">
            <option value="">All</option>
            {status && !STATUSES.includes(status) && <option>{status}</option>}
            {STATUSES.map((value) => (
              <option key={value} value={value}>
                {value.charAt(0) + value.slice(1).toLowerCase()}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Currency"
            name="currency"
            defaultValue={currency ?? ""}
            maxLength={200}
            className="xl:w-20"
          />
          <TextField
            label="Amount from"
            name="min"
            defaultValue={min ?? ""}
            inputMode="decimal"
            className="xl:w-24"
          />
          <TextField
            label="Amount to"
            name="max"
            defaultValue={max ?? ""}
            inputMode="decimal"
            className="xl:w-24"
          />
          <TextField
            label="From day (UTC)"
            name="from"
            type="date"
            defaultValue={from ?? ""}
            className="xl:w-36"
          />
          <TextField label="To day (UTC)" name="to" type="date" defaultValue={to ?? ""} className="xl:w-36" />
        </FilterBar>
      }
    >
      {(rows) => (
        <TransactionTable
          label="Transactions"
          rows={rows}
          loadedAt={list.loadedAt}
          inMinorUnits={list.inMinorUnits}
        />
      )}
    </ListFrame>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";
