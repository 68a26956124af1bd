import { Suspense } from "react";
import { Await } from "react-router";

import { app } from "#app/app.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { FilterBar } from "#app/platform/portal/lists/filter-bar.tsx";
import { ListFrame } from "#app/platform/portal/lists/list-frame.tsx";
import { UnitsLink } from "#app/platform/portal/lists/units-link.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import type { LedgerName } from "#app/portal/ledgers/read-ledger-names.server.ts";
import { SelectField, TextField } from "#app/ui/field.tsx";
import { shortenId } from "#app/ui/short-id.tsx";

import { BalanceTable } from "./balance-table.tsx";
import { loadBalances } from "./load-balances.server.ts";
import type { Route } from "./+types/balances.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Balances · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, params, now } = openReads(args);
  return loadBalances(readCloud, await readAssumed(), params, now);
}

export default function BalancesPage({ loaderData: { ledgers, ...list } }: Route.ComponentProps) {
  const { q, ledger, currency, only } = list.filters;
  const active = [ledger, currency, only].filter(Boolean).length;
  return (
    <ListFrame
      title="Balances"
      noun={["balance", "balances"]}
      scope="data:read"
      list={list}
      csv="balances.csv"
      empty="Your balances will be here once a ledger has one."
      aside={<UnitsLink inMinorUnits={list.inMinorUnits} />}
      filters={
        <FilterBar search={q} searchLabel="Id, @indicator or name" active={active}>
          <Suspense fallback={<LedgerField ledgers={[]} chosen={ledger} />}>
            <Await resolve={ledgers} errorElement={<LedgerField ledgers={[]} chosen={ledger} />}>
              {(reading) => <LedgerField ledgers={namesIn(reading)} chosen={ledger} />}
            </Await>
          </Suspense>
          <TextField
            label="Currency"
            name="currency"
            defaultValue={currency ?? ""}
            maxLength={200}
            className="xl:w-20"
          />
          <SelectField label="Only" name="only" defaultValue={only ?? ""} className="xl:w-36">
            <option value="">All balances</option>
            <option value="below_zero">Below zero</option>
            <option value="holding">With money held</option>
            <option value="expecting">With money on its way in</option>
          </SelectField>
        </FilterBar>
      }
    >
      {(rows) => (
        <BalanceTable
          label="Balances"
          rows={rows}
          loadedAt={list.loadedAt}
          inMinorUnits={list.inMinorUnits}
        />
      )}
    </ListFrame>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

function LedgerField({ ledgers, chosen }: { ledgers: readonly LedgerName[]; chosen: string | undefined }) {
  return (
    <SelectField label="Ledger" name="ledger" defaultValue={chosen ?? ""} className="xl:w-40">
      <option value="">All ledgers</option>
      {chosen && !ledgers.some(({ ledger_id }) => ledger_id === chosen) && (
        <option value={chosen}>{shortenId(chosen)}</option>
      )}
      {ledgers.map(({ ledger_id, name }) => (
        <option key={ledger_id} value={ledger_id}>
          {name ?? shortenId(ledger_id)}
        </option>
      ))}
    </SelectField>
  );
}

function namesIn(reading: CloudResult<LedgerName[]>): LedgerName[] {
  return reading.kind === "ready" ? reading.value : [];
}
