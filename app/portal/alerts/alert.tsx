import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";
import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RecordHead, RecordName } from "#app/platform/portal/record-head.tsx";
import { RecordLink, type RecordKind } from "#app/platform/portal/record-link.tsx";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { MAYBE_DONE_IN_BLNK } from "#app/platform/portal/write-client.server.ts";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { ShortId } from "#app/ui/short-id.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { alertChangeSchema } from "./alert-forms.server.ts";
import { AlertStatusPill } from "./alert-status-pill.tsx";
import { changeAlert } from "./change-alert.server.ts";
import { EditForm, StatusForm, type ChangeResult } from "./change-forms.tsx";
import { loadAlert, type AlertRead } from "./load-alert.server.ts";
import type { Route } from "./+types/alert.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Alert · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, now } = openReads(args);
  const { db } = args.context.get(platformContext);
  const { installed_app_id } = args.context.get(sessionContext).install;
  return loadAlert(readCloud, db, {
    installedAppId: installed_app_id,
    anomalyId: args.params.anomalyId,
    now,
  });
}

export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(
    context,
    async () => {
      const session = context.get(sessionContext);
      requirePermission(session, "alerts:write");
      requirePermission(session, "alerts:read");
      const { value, refuse } = await readForm(request, alertChangeSchema);
      if (!value) return { change: "text" as const, outcome: undefined, form: refuse() };
      const outcome = await changeAlert(context.get(platformContext), session, params.anomalyId, value);
      return { change: value.change, outcome, form: refuse() };
    },
    MAYBE_DONE_IN_BLNK,
  );
}

export default function AlertPage({
  loaderData: { loadedAt, anomalyId, alert },
  actionData: result,
}: Route.ComponentProps) {
  return (
    <>
      <RecordHead
        kind="Alert"
        id={anomalyId}
        name={
          <RecordName id={anomalyId} reading={alert}>
            {({ title }) => title}
          </RecordName>
        }
      />
      <CloudResultBlock
        what="The alert"
        scope="alerts:read"
        reading={alert}
        resetKey={anomalyId}
        skeleton={<Skeleton label="Loading the alert" rows={6} listClassName="" rowClassName="h-12" />}
      >
        {(value) => <Alert alert={value} loadedAt={loadedAt} result={result} />}
      </CloudResultBlock>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

function Alert({
  alert,
  loadedAt,
  result,
}: {
  alert: AlertRead;
  loadedAt: number;
  result: ChangeResult | undefined;
}) {
  return (
    <div className="space-y-6">
      <Card className="space-y-3 p-4">
        <AlertStatusPill status={alert.status} />
        <p dir="auto" className="max-w-prose whitespace-pre-wrap">
          {alert.description}
        </p>
      </Card>
      <div className="grid gap-6 lg:grid-cols-2">
        <Section label="Status">
          <StatusForm alert={alert} result={result} />
        </Section>
        <Section label="What it is about">
          <Affected alert={alert} />
        </Section>
        <Section label="Text">
          <EditForm key={alert.seen} alert={alert} result={result} />
        </Section>
        <Section label="Details">
          <Card>
            <DescriptionList>
              <Fact term="Raised by monitor">{alert.monitor}</Fact>
              <Fact term="Kind">{alert.type}</Fact>
              <Fact term="Raised">
                {alert.created_at && <RelativeTime at={alert.created_at} loadedAt={loadedAt} />}
              </Fact>
              <Fact term="Changed">
                {alert.updated_at && <RelativeTime at={alert.updated_at} loadedAt={loadedAt} />}
              </Fact>
            </DescriptionList>
          </Card>
        </Section>
      </div>
    </div>
  );
}

function Affected({ alert }: { alert: AlertRead }) {
  const records = [
    ...alert.affected_balances.map((id) => ({ kind: "balances", word: "Balance", id }) as const),
    ...alert.affected_transactions.map((id) => ({ kind: "transactions", word: "Transaction", id }) as const),
    ...alert.affected_identities.map((id) => ({ kind: "identities", word: "Identity", id }) as const),
  ] satisfies { kind: RecordKind; word: string; id: string }[];
  if (records.length === 0) return <EmptyNote>Blnk names no record with this alert.</EmptyNote>;
  return (
    <Card>
      <ul className="divide-y divide-line text-small">
        {records.map(({ kind, word, id }) => (
          <li key={`${kind} ${id}`} className="flex flex-wrap justify-between gap-x-3 px-4 py-2.5">
            <RecordLink kind={kind} id={id}>
              {word}
            </RecordLink>
            <ShortId id={id} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
