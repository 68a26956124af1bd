import { data, redirect } from "react-router";

import { prepareAction } from "#app/actions/prepare-action.server.ts";
import { app } from "#app/app.ts";
import { formatAmount } from "#app/money/format-amount.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";
import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { writeClient } from "#app/platform/portal/write-client.server.ts";
import { mintSecret } from "#app/platform/sessions/secrets.server.ts";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Money } from "#app/ui/money.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { ACTION_WORDS } from "./action-words.ts";
import { ActionRequestForm, type ActionRequestResult } from "./action-request-form.tsx";
import { actionRequestSchema } from "./action-request-schema.server.ts";
import { EffectCard, LimitNote, PlanNotes } from "./effect-card.tsx";
import { showPlan, type ShownPlan } from "./show-plan.server.ts";
import type { Route } from "./+types/transaction-action.ts";

const CHECK_MS = 8_000;

export function meta({ loaderData }: Route.MetaArgs): Route.MetaDescriptors {
  const title = loaderData ? ACTION_WORDS[loaderData.kind].title : "Not found";
  return [{ title: `${title} · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { kind, transactionId } = args.params;
  const request = requestFor(kind, transactionId, undefined);
  const { readCloud, readAssumed } = openReads(args);
  const { db } = args.context.get(platformContext);
  const { instance_id } = args.context.get(sessionContext).install;
  const assume = await readAssumed();
  const plan = readCloud("data:read", (client) => showPlan(client, db, instance_id, request, assume));
  return { kind: request.kind, transactionId, formKey: mintSecret(16), plan };
}

export function action(args: Route.ActionArgs) {
  return refuseInWords(args.context, async () => {
    const { request, params, context } = args;
    const session = context.get(sessionContext);
    requirePermission(session, "data:write");
    requirePermission(session, "data:read");
    const { value, refuse } = await readForm(request, actionRequestSchema);
    if (!value) return { form: refuse() };
    const platform = context.get(platformContext);
    const assume = await openReads(args).readAssumed();
    const asked = requestFor(params.kind, params.transactionId, value.amount || undefined);
    const client = writeClient(platform, session, CHECK_MS);
    const outcome = await prepareAction(platform, client, session, asked, { ...value, assume });
    if (outcome.kind === "refused") return { form: refuse(outcome.problem) };
    return redirect(`/portal/${session.launchId}/actions/${outcome.actionId}`);
  });
}

/** Where a commit, a void or a refund of a transaction is asked for. */
export default function ActionRequestPage({
  loaderData: { kind, transactionId, formKey, plan },
  actionData: result,
}: Route.ComponentProps) {
  const { title } = ACTION_WORDS[kind];
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <CloudResultBlock
        what="The transaction"
        scope="data:read"
        reading={plan}
        resetKey={`${kind} ${transactionId}`}
        skeleton={<Skeleton label="Loading the transaction" rows={6} listClassName="" rowClassName="h-12" />}
      >
        {(value) => <Ask plan={value} formKey={formKey} result={result} />}
      </CloudResultBlock>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

/** @throws 404 for any other word in the address */
function requestFor(kind: string, target: string, amount: string | undefined) {
  if (kind === "commit") return { kind, target, amount } as const;
  if (kind === "void" || kind === "refund") return { kind, target } as const;
  throw data(null, { status: 404 });
}

function Ask({
  plan,
  formKey,
  result,
}: {
  plan: ShownPlan;
  formKey: string;
  result: ActionRequestResult | undefined;
}) {
  const { kind, about, targetId, remaining, precision, currency, problems } = plan;
  const { verb } = ACTION_WORDS[kind];
  const exact = remaining === undefined ? "" : formatAmount(remaining, precision, { grouping: false });
  return (
    <div className="space-y-6">
      <Card>
        <DescriptionList>
          <Fact term="Transaction">
            {targetId && (
              <RecordLink kind="transactions" id={targetId}>
                <bdi>{about ?? targetId}</bdi>
              </RecordLink>
            )}
          </Fact>
          <Fact term={remaining === undefined ? "Amount" : "Remaining hold"}>
            <Money minor={remaining ?? plan.amount} precision={precision} currency={currency} />
          </Fact>
        </DescriptionList>
      </Card>
      <Section label={`${verb} in full`}>
        <EffectCard plan={plan} />
      </Section>
      <ActionRequestForm
        formKey={formKey}
        submit={`Review ${ACTION_WORDS[kind].noun}`}
        {...(kind === "commit" && {
          // Most amounts of such a precision have no decimal: left empty, it is all of it.
          amount: {
            label: `Amount in ${currency}; empty for all of it`,
            value: exact.includes("/") ? "" : exact,
          },
        })}
        allowed={problems.length === 0}
        result={result}
      >
        <PlanNotes {...plan} />
        <LimitNote limit={plan.limit} />
      </ActionRequestForm>
    </div>
  );
}
