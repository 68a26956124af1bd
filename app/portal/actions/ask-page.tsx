import type { ActionKind } from "#app/actions/action.ts";
import { formatAmount } from "#app/money/format-amount.ts";
import { Fact, Facts } from "#app/ui/facts.tsx";
import { Money } from "#app/ui/money.tsx";
import { Panel } from "#app/ui/panel.tsx";
import { Section } from "#app/ui/section.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { ReadingBlock } from "#app/platform/portal/cloud-result-block.tsx";
import type { Reading } from "#app/platform/portal/cloud-result.ts";
import { PageTitle } from "#app/ui/page-title.tsx";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { ACTION_WORDS } from "./action-words.ts";
import { AskForm, type AskResult } from "./ask-form.tsx";
import { EffectPanel, LimitNote, PlanNotes } from "./effect-panel.tsx";
import type { ShownPlan } from "./show-plan.server.ts";

export type AskPageData = {
  kind: ActionKind;
  transactionId: string;
  formKey: string;
  plan: Promise<Reading<ShownPlan>>;
};

/** Where a commit, a void or a refund of a transaction is asked for. */
export function AskPage({
  kind,
  transactionId,
  formKey,
  plan,
  result,
}: AskPageData & { result: AskResult | undefined }) {
  const { title } = ACTION_WORDS[kind];
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <ReadingBlock
        what="The transaction"
        scope="data:read"
        reading={plan}
        resetKey={`${kind} ${transactionId}`}
        skeleton={<Skeleton label="Reading the transaction" rows={6} listClassName="" rowClassName="h-12" />}
      >
        {(value) => <Ask plan={value} formKey={formKey} result={result} />}
      </ReadingBlock>
    </>
  );
}

function Ask({ plan, formKey, result }: { plan: ShownPlan; formKey: string; result: AskResult | undefined }) {
  const { kind, about, targetId, remaining, precision, currency, problems } = plan;
  const { verb } = ACTION_WORDS[kind];
  const exact = remaining === undefined ? "" : formatAmount(remaining, precision, { grouping: false });
  return (
    <div className="space-y-6">
      <Panel>
        <Facts>
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
        </Facts>
      </Panel>
      <Section label={`${verb} in full`}>
        <EffectPanel plan={plan} />
      </Section>
      <AskForm
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
      </AskForm>
    </div>
  );
}
