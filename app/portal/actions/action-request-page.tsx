import type { ActionKind } from "#app/actions/action.ts";
import { formatAmount } from "#app/money/format-amount.ts";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Money } from "#app/ui/money.tsx";
import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { PageTitle } from "#app/ui/page-title.tsx";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { ACTION_WORDS } from "./action-words.ts";
import { ActionRequestForm, type ActionRequestResult } from "./action-request-form.tsx";
import { EffectCard, LimitNote, PlanNotes } from "./effect-card.tsx";
import type { ShownPlan } from "./show-plan.server.ts";

export type ActionRequestPageData = {
  kind: ActionKind;
  transactionId: string;
  formKey: string;
  plan: Promise<CloudResult<ShownPlan>>;
};

/** Where a commit, a void or a refund of a transaction is asked for. */
export function ActionRequestPage({
  kind,
  transactionId,
  formKey,
  plan,
  result,
}: ActionRequestPageData & { result: ActionRequestResult | undefined }) {
  const { title } = ACTION_WORDS[kind];
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <CloudResultBlock
        what="The transaction"
        scope="data:read"
        reading={plan}
        resetKey={`${kind} ${transactionId}`}
        skeleton={
          <Skeleton label="CloudResult the transaction" rows={6} listClassName="" rowClassName="h-12" />
        }
      >
        {(value) => <Ask plan={value} formKey={formKey} result={result} />}
      </CloudResultBlock>
    </>
  );
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
