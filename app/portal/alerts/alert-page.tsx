import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { ShortId } from "#app/ui/short-id.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import { RecordHead, RecordName } from "#app/platform/portal/record-head.tsx";
import { type RecordKind, RecordLink } from "#app/platform/portal/record-link.tsx";
import { AlertStatusPill } from "./alert-status-pill.tsx";
import { type ChangeResult, EditForm, StatusForm } from "./change-forms.tsx";
import type { AlertPageData, AlertRead } from "./load-alert.server.ts";

export function AlertPage({
  loadedAt,
  anomalyId,
  alert,
  result,
}: AlertPageData & { result: ChangeResult | undefined }) {
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
        skeleton={<Skeleton label="CloudResult the alert" rows={6} listClassName="" rowClassName="h-12" />}
      >
        {(value) => <Alert alert={value} loadedAt={loadedAt} result={result} />}
      </CloudResultBlock>
    </>
  );
}

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
