import { Ban, CircleCheck, CircleX, Clock, Hourglass, TriangleAlert, type LucideIcon } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { data, Form, redirect, useNavigation, useRevalidator } from "react-router";

import { startAction } from "#app/actions/start-action.server.ts";
import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { requireEmptyForm } from "#app/platform/http/read-form.server.ts";
import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { Button } from "#app/ui/button.tsx";
import { Money } from "#app/ui/money.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Pill, type Tone } from "#app/ui/pill.tsx";
import { Section } from "#app/ui/section.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { ActionFacts } from "./action-facts.tsx";
import { ACTION_WORDS } from "./action-words.ts";
import { EffectCard, PlanNotes } from "./effect-card.tsx";
import { loadAction, type ShownAction } from "./load-action.server.ts";
import { MovementText } from "./movement-text.tsx";
import type { ShownPlan } from "./show-plan.server.ts";
import type { Route } from "./+types/action.ts";

export function meta({ loaderData }: Route.MetaArgs): Route.MetaDescriptors {
  const title = loaderData ? ACTION_WORDS[loaderData.action.kind].title : "Not found";
  return [{ title: `${title} · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, now } = openReads(args);
  const { db } = args.context.get(platformContext);
  const session = args.context.get(sessionContext);
  const page = await loadAction(readCloud, db, session, args.params.actionId, now);
  if (!page) throw data(null, { status: 404 });
  return page;
}

/** The person's word for it. The answer is this page anew, so that it can be reloaded and gone back to. */
export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const session = context.get(sessionContext);
    requirePermission(session, "data:write");
    requirePermission(session, "data:read");
    await requireEmptyForm(request);
    await startAction(context.get(platformContext), session, params.actionId);
    return redirect(`/portal/${session.launchId}/actions/${encodeURIComponent(params.actionId)}`);
  });
}

/** One action: to be confirmed, on its way, and then what came of it. */
export default function ActionPage({ loaderData: { action, plan, loadedAt } }: Route.ComponentProps) {
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

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

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
