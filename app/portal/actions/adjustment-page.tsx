import { Search } from "lucide-react";
import { Form, useLocation } from "react-router";

import { availableOf } from "#app/platform/blnk/available-balance.ts";
import { Button } from "#app/ui/button.tsx";
import { TextField } from "#app/ui/field.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";
import { shortenId } from "#app/ui/short-id.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import type { BalanceLine } from "#app/portal/balances/balance-line.ts";
import { BalanceMoney } from "#app/portal/balances/balance-money.tsx";
import { listSearch } from "#app/platform/portal/lists/list-state.ts";
import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { ActionRequestForm, type ActionRequestResult } from "./action-request-form.tsx";
import { LimitNote, PlanNotes } from "./effect-card.tsx";
import type { AdjustmentPageData, SideName } from "./load-adjustment.server.ts";

const WORDS = { from: "Take from", to: "Give to" } as const;

/** Where an adjustment between two balances is asked for. */
export function AdjustmentPage({
  ids,
  chosen,
  picking,
  search,
  found,
  plan,
  formKey,
  loadedAt,
  result,
}: AdjustmentPageData & { result: ActionRequestResult | undefined }) {
  return (
    <>
      <PageTitle>Adjust two balances</PageTitle>
      <div className="grid gap-6 sm:grid-cols-2">
        {(["from", "to"] as const).map((side) => (
          <Section key={side} label={WORDS[side]}>
            {picking === side ? (
              <Picker side={side} ids={ids} search={search} found={found} loadedAt={loadedAt} />
            ) : (
              <Chosen side={side} id={ids[side] ?? ""} reading={chosen[side]} />
            )}
          </Section>
        ))}
      </div>
      {plan && (
        <div className="mt-6">
          <CloudResultBlock
            what="The two balances"
            scope="data:read"
            reading={plan}
            resetKey={`${ids.from} ${ids.to}`}
            skeleton={<Skeleton label="Checking both" rows={4} listClassName="" rowClassName="h-12" />}
          >
            {({ currency, problems, warnings, limit }) => (
              <ActionRequestForm
                formKey={formKey}
                submit="Review adjustment"
                amount={{ label: `Amount in ${currency}`, value: "" }}
                allowed={problems.length === 0}
                result={result}
                hidden={{ from: ids.from ?? "", to: ids.to ?? "" }}
              >
                <PlanNotes problems={problems} warnings={warnings} />
                <LimitNote limit={limit} />
              </ActionRequestForm>
            )}
          </CloudResultBlock>
        </div>
      )}
    </>
  );
}

function Chosen({
  side,
  id,
  reading,
}: {
  side: SideName;
  id: string;
  reading: Promise<CloudResult<BalanceLine>> | undefined;
}) {
  const { search } = useLocation();
  if (!reading) return <EmptyNote>Chosen next.</EmptyNote>;
  return (
    <Card className="space-y-2 p-4 text-small">
      <CloudResultBlock
        what="The balance"
        scope="data:read"
        reading={reading}
        resetKey={id}
        skeleton={<Skeleton label="CloudResult the balance" rows={1} listClassName="" rowClassName="h-10" />}
      >
        {(line) => (
          <div className="min-h-10">
            <p className="font-medium">
              <bdi>{line.name ?? shortenId(line.balance_id)}</bdi>
            </p>
            <p className="text-quiet">
              Available <BalanceMoney {...line} minor={availableOf(line)} />
            </p>
          </div>
        )}
      </CloudResultBlock>
      <p>
        <TextLink to={listSearch(search, { pick: side, q: undefined })}>Choose another</TextLink>
      </p>
    </Card>
  );
}

function Picker({
  side,
  ids,
  search,
  found,
  loadedAt,
}: Pick<AdjustmentPageData, "ids" | "search" | "found" | "loadedAt"> & { side: SideName }) {
  return (
    <Card className="space-y-3 p-4">
      <search>
        <Form method="get" className="flex items-end gap-2 text-small">
          {Object.entries({ ...ids, pick: side }).map(
            ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
          )}
          <TextField
            key={side}
            label="Id, @indicator or name"
            name="q"
            type="search"
            defaultValue={search}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            enterKeyHint="search"
            className="flex-1"
          />
          <Button type="submit" aria-label="Search">
            <Search aria-hidden className="size-4" />
          </Button>
        </Form>
      </search>
      {found && (
        <CloudResultBlock
          what="Balances"
          scope="data:read"
          reading={found}
          resetKey={loadedAt}
          skeleton={<Skeleton label="Looking for balances" rows={3} listClassName="" rowClassName="h-11" />}
        >
          {(lines) => <Found side={side} lines={lines} />}
        </CloudResultBlock>
      )}
    </Card>
  );
}

function Found({ side, lines }: { side: SideName; lines: BalanceLine[] }) {
  const { search } = useLocation();
  if (lines.length === 0) return <p className="text-small text-quiet">No balance matches.</p>;
  return (
    <ul className="divide-y divide-line text-small">
      {lines.map((line) => (
        <li key={line.balance_id} className="flex flex-wrap justify-between gap-x-4 gap-y-1 py-2.5">
          <TextLink to={listSearch(search, { [side]: line.balance_id, pick: undefined, q: undefined })}>
            <bdi>{line.name ?? shortenId(line.balance_id)}</bdi>
          </TextLink>
          <BalanceMoney {...line} minor={line.balance} />
        </li>
      ))}
    </ul>
  );
}
