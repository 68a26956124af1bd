import { Form, Link } from "react-router";

import { Button } from "#app/ui/button.tsx";
import { SelectField, TextField } from "#app/ui/field.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";

import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { FORM_KINDS, type FormKind, PER_BALANCE } from "./form-kind.ts";
import { LEDGER_LIST, LedgerList } from "./ledger-list.tsx";
import type { NewMonitorPageData } from "./load-monitor-form.server.ts";
import { type FormAnswer, MonitorForm } from "./monitor-form.tsx";

export function NewMonitorPage({
  chosen,
  ledgers,
  answer,
}: NewMonitorPageData & { answer: FormAnswer | undefined }) {
  if (!chosen) {
    return (
      <>
        <PageTitle>New monitor</PageTitle>
        <KindList />
        <ForLedger ledgers={ledgers} />
      </>
    );
  }
  const { kind, ledgerId, values } = chosen;
  const { title, says } = FORM_KINDS[kind];
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <p className="mb-4 max-w-prose text-quiet">{says}</p>
      <MonitorForm
        key={kind}
        kind={kind}
        values={values}
        ledgers={ledgers}
        save={ledgerId ? "Create the monitors" : "Create monitor"}
        {...(ledgerId && { hidden: { ledger: ledgerId }, watches: <EachBalance ledgerId={ledgerId} /> })}
        answer={answer}
      />
    </>
  );
}

function KindList() {
  return (
    <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
      {(Object.keys(FORM_KINDS) as FormKind[]).map((kind) => (
        <li key={kind} className="relative rounded-panel border border-line bg-panel p-4 hover:bg-raised">
          <Link
            to={`?kind=${kind}`}
            className="font-medium text-text after:absolute after:inset-0 hover:text-link"
          >
            {FORM_KINDS[kind].title}
          </Link>
          <p className="mt-1 text-small text-quiet">{FORM_KINDS[kind].says}</p>
        </li>
      ))}
    </ul>
  );
}

/** The template: one monitor for each balance that the ledger has now. */
function ForLedger({ ledgers }: Pick<NewMonitorPageData, "ledgers">) {
  const mayRead = useGranted("data:read");
  return (
    <Section label="For all balances of a ledger" className="mt-8">
      <Card className="p-4">
        <Form method="get" className="flex flex-wrap items-end gap-3">
          <LedgerList ledgers={ledgers} />
          <TextField
            label="Ledger id"
            name="ledger"
            list={LEDGER_LIST}
            placeholder="ldg_…"
            required
            disabled={!mayRead}
            autoComplete="off"
            className="min-w-48 flex-1 sm:max-w-80"
          />
          <SelectField label="Monitor" name="kind" disabled={!mayRead} className="min-w-48 sm:w-64">
            {PER_BALANCE.map((kind) => (
              <option key={kind} value={kind}>
                {FORM_KINDS[kind].title}
              </option>
            ))}
          </SelectField>
          <Button type="submit" disabled={!mayRead}>
            Describe them
          </Button>
          {!mayRead && <RequiredScope scope="data:read" />}
        </Form>
        <p className="mt-2 text-small text-quiet">
          Makes a monitor of its own for each balance that the ledger has now. To watch those that come later
          too, make one monitor and give it the ledger.
        </p>
      </Card>
    </Section>
  );
}

function EachBalance({ ledgerId }: { ledgerId: string }) {
  return (
    <p>
      Each balance that{" "}
      <RecordLink kind="ledgers" id={ledgerId}>
        <bdi>{ledgerId}</bdi>
      </RecordLink>{" "}
      has now, with a monitor of its own and the same values, whatever its currency.
    </p>
  );
}
