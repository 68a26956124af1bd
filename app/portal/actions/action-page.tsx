import { Ban, CircleCheck, CircleX, Clock, Hourglass, type LucideIcon, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Form, useNavigation, useRevalidator } from "react-router";

import type { ActionKind } from "#app/actions/action.ts";
import { Button } from "#app/ui/button.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Money } from "#app/ui/money.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Pill, type Tone } from "#app/ui/pill.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { shortenId } from "#app/ui/short-id.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";
import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import { RecordLink, usePortalPath } from "#app/platform/portal/record-link.tsx";
import { ACTION_WORDS } from "./action-words.ts";
import { EffectCard, PlanNotes } from "./effect-card.tsx";
import type { ActionPageData, ShownAction } from "./load-action.server.ts";
import { MovementText } from "./movement-text.tsx";
import type { ShownPlan } from "./show-plan.server.ts";

/** One action: to be confirmed, on its way, and then what came of it. */
export function ActionPage({ action, plan, loadedAt }: ActionPageData) {
  const isAsked = action.state === "prepared";
  useLookingAgain(action.state === "under_way");
  return (
    <>
      <PageTitle>{ACTION_WORDS[action.kind].title}</PageTitle>
      <div className="space-y-6">
        {!isAsked && <Outcome action={action} />}
        {plan && (
          <CloudResultBlock
            what="The action"
            scope="data:read"
            reading={plan}
            resetKey={loadedAt}
            skeleton={<Skeleton label="Checking the action" rows={8} listClassName="" rowClassName="h-12" />}
          >
            {(value) => <Confirmation action={action} plan={value} />}
          </CloudResultBlock>
        )}
        {!isAsked && (
          <Section label="Details">
            <Card>
              <ActionFacts action={action} loadedAt={loadedAt} />
            </Card>
          </Section>
        )}
      </div>
    </>
  );
}

function Confirmation({ action, plan }: { action: ShownAction; plan: ShownPlan }) {
  const { kind, amount: minor, precision, currency, reason, isOwn } = action;
  const amount = { minor, precision, currency };
  // A void is of what remains, which may be another amount by now.
  const changed = plan.amount !== minor && plan.problems.length === 0;
  const problems = changed
    ? ["The ledger has changed since this was asked for. Ask for it again."]
    : plan.problems;
  return (
    <div className="space-y-4">
      <MovementText
        kind={kind}
        amount={amount}
        from={plan.source.name}
        to={plan.destination.name}
        left={kind === "commit" ? (plan.remaining ?? minor) - minor : 0n}
      />
      <EffectCard plan={plan} />
      <p className="max-w-prose text-small whitespace-pre-wrap">
        <span className="text-quiet">Reason </span>
        <bdi>{reason}</bdi>
      </p>
      <PlanNotes problems={problems} warnings={plan.warnings} />
      {isOwn ? (
        <ConfirmForm disabled={problems.length > 0}>
          <span>
            {ACTION_WORDS[kind].verb} <Money {...amount} />
          </span>
        </ConfirmForm>
      ) : (
        <p className="text-quiet">It can be confirmed only in the panel in which it was asked for.</p>
      )}
      <p className="text-small">
        <BackLink action={action} />
      </p>
    </div>
  );
}

function ConfirmForm({ disabled, children }: { disabled: boolean; children: ReactNode }) {
  const mayWrite = useGranted("data:write");
  const isSending = useNavigation().formMethod === "POST";
  return (
    <Form method="post" replace className="flex flex-wrap items-center gap-3">
      <Button type="submit" kind="primary" disabled={disabled || !mayWrite || isSending}>
        {children}
      </Button>
      {!mayWrite && <RequiredScope scope="data:write" />}
      <output className="text-small text-quiet">
        {isSending ? "Sent; waiting for Blnk" : "Nothing is done until you confirm."}
      </output>
    </Form>
  );
}

const STATES: Record<ShownAction["state"], { tone: Tone; Icon: LucideIcon; word: string }> = {
  prepared: { tone: "quiet", Icon: Clock, word: "Not confirmed" },
  under_way: { tone: "hold", Icon: Hourglass, word: "Pending" },
  applied: { tone: "good", Icon: CircleCheck, word: "Applied" },
  rejected: { tone: "bad", Icon: CircleX, word: "Rejected" },
  not_recorded: { tone: "attention", Icon: Ban, word: "Not recorded" },
};

const UNDONE = { tone: "bad", Icon: TriangleAlert, word: "Refund reversed" } as const;

function Outcome({ action }: { action: ShownAction }) {
  const { tone, Icon, word } =
    action.state === "applied" && action.problem !== null ? UNDONE : STATES[action.state];
  return (
    <Card className="space-y-2 p-4">
      <p className="text-title leading-tight font-semibold sm:text-key sm:leading-tight">
        <Money minor={action.amount} precision={action.precision} currency={action.currency} />
      </p>
      <Pill tone={tone} Icon={Icon}>
        {word}
      </Pill>
      <output className="block max-w-prose">
        <bdi>{outcomeText(action)}</bdi>
      </output>
      <p className="text-small">
        <BackLink action={action} />
      </p>
    </Card>
  );
}

function outcomeText({ state, problem, result_id, noted, kind }: ShownAction): string {
  switch (state) {
    case "prepared":
      return "Nothing is done until it is confirmed.";
    case "under_way":
      return result_id === null
        ? `The ledger doesn't show the ${kind} yet. It may or may not have gone through; Tidemark is checking. Don't retry.`
        : `The ${kind} is in Blnk's queue and hasn't been applied yet; Tidemark is checking. Don't retry.`;
    case "applied":
      if (problem !== null) return `${problem}.`;
      return `Read back from the ledger.${noted ? "" : " The reason isn't written there yet."}`;
    case "rejected":
      return `${problem}. No money was moved.`;
    case "not_recorded":
      return kind === "adjustment"
        ? "The adjustment isn't in the ledger, and can't arrive any more. You can retry: it keeps its reference, so it can't be recorded twice."
        : `The ${kind} isn't in the ledger, and can't arrive any more. You can retry from the transaction.`;
  }
}

function BackLink({ action: { target_id, source, kind } }: { action: ShownAction }) {
  const portalPath = usePortalPath();
  return target_id === null ? (
    <TextLink to={portalPath(`balances/${encodeURIComponent(source)}`)}>Back to the balance</TextLink>
  ) : (
    <TextLink to={portalPath(`transactions/${encodeURIComponent(target_id)}`)}>
      {kind === "refund" ? "Back to the transaction" : "Back to the hold"}
    </TextLink>
  );
}

function ActionFacts({ action, loadedAt }: { action: ShownAction; loadedAt: number }) {
  const { kind, amount, precision, currency, source, destination, started_at, settled_at } = action;
  return (
    <DescriptionList>
      <Fact term={AMOUNT_TERMS[kind]}>
        <Money minor={amount} precision={precision} currency={currency} />
      </Fact>
      <Fact term="From">
        <Balance id={source} />
      </Fact>
      <Fact term="To">
        <Balance id={destination} />
      </Fact>
      <Fact term="Reason">{action.reason}</Fact>
      <Fact term="Reference">{action.reference}</Fact>
      <Fact term="Row in the ledger">
        {action.result_id && (
          <RecordLink kind="transactions" id={action.result_id}>
            <bdi>{shortenId(action.result_id)}</bdi>
          </RecordLink>
        )}
      </Fact>
      <Fact term="By">{action.user_id ?? "unknown person"}</Fact>
      <Fact term="Asked for">
        <RelativeTime at={action.created_at} loadedAt={loadedAt} />
      </Fact>
      <Fact term="Confirmed">{started_at && <RelativeTime at={started_at} loadedAt={loadedAt} />}</Fact>
      <Fact term="Known since">{settled_at && <RelativeTime at={settled_at} loadedAt={loadedAt} />}</Fact>
    </DescriptionList>
  );
}

const AMOUNT_TERMS: Record<ActionKind, string> = {
  commit: "To commit",
  void: "To void",
  refund: "To refund",
  adjustment: "To move",
};

function Balance({ id }: { id: string }) {
  return (
    <RecordLink kind="balances" id={id}>
      <bdi>{shortenId(id)}</bdi>
    </RecordLink>
  );
}

const LOOK_MS = 1500;

/** Loads the page anew until it is known what came of it. */
function useLookingAgain(isWaiting: boolean): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!isWaiting) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const lookLater = () => {
      timer = setTimeout(() => void revalidate().then(() => timer && lookLater()), LOOK_MS);
    };
    lookLater();
    return () => {
      clearTimeout(timer);
      timer = undefined;
    };
  }, [isWaiting, revalidate]);
}
