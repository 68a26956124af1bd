import { Search } from "lucide-react";
import { Form, redirect, useLocation } from "react-router";

import { prepareAction } from "#app/actions/prepare-action.server.ts";
import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { availableOf } from "#app/platform/blnk/available-balance.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";
import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { listSearch } from "#app/platform/portal/lists/list-state.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { writeClient } from "#app/platform/portal/write-client.server.ts";
import type { BalanceLine } from "#app/portal/balances/balance-line.ts";
import { BalanceMoney } from "#app/portal/balances/balance-money.tsx";
import { Button } from "#app/ui/button.tsx";
import { TextField } from "#app/ui/field.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";
import { shortenId } from "#app/ui/short-id.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { ActionRequestForm } from "./action-request-form.tsx";
import { adjustmentSchema } from "./action-request-schema.server.ts";
import { LimitNote, PlanNotes } from "./effect-card.tsx";
import { loadAdjustment, type AdjustmentPageData, type SideName } from "./load-adjustment.server.ts";
import type { Route } from "./+types/adjustment.ts";

const CHECK_MS = 8_000;

const WORDS = { from: "Take from", to: "Give to" } as const;

export function meta(): Route.MetaDescriptors {
  return [{ title: `Adjust two balances · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, params, now } = openReads(args);
  const { db } = args.context.get(platformContext);
  const { instance_id } = args.context.get(sessionContext).install;
  return loadAdjustment(readCloud, await readAssumed(), db, { instanceId: instance_id, params, now });
}

export function action(args: Route.ActionArgs) {
  return refuseInWords(args.context, async () => {
    const session = args.context.get(sessionContext);
    requirePermission(session, "data:write");
    requirePermission(session, "data:read");
    const { value, refuse } = await readForm(args.request, adjustmentSchema);
    if (!value) return { form: refuse() };
    const platform = args.context.get(platformContext);
    const assume = await openReads(args).readAssumed();
    const { from: source, to: destination, amount, ...form } = value;
    const asked = { kind: "adjustment", source, destination, amount } as const;
    const client = writeClient(platform, session, CHECK_MS);
    const outcome = await prepareAction(platform, client, session, asked, { ...form, assume });
    if (outcome.kind === "refused") return { form: refuse(outcome.problem) };
    return redirect(`/portal/${session.launchId}/actions/${outcome.actionId}`);
  });
}

/** Where an adjustment between two balances is asked for. */
export default function AdjustmentPage({
  loaderData: { ids, chosen, picking, search, found, plan, formKey, loadedAt },
  actionData: result,
}: Route.ComponentProps) {
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

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

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
        skeleton={<Skeleton label="Loading the balance" rows={1} listClassName="" rowClassName="h-10" />}
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
