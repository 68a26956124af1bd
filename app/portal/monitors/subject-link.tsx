import { type RecordKind, RecordLink } from "#app/platform/portal/record-link.tsx";
import { shortenId } from "#app/ui/short-id.tsx";

const KINDS: Record<string, RecordKind> = {
  bln: "balances",
  txn: "transactions",
  idt: "identities",
  ldg: "ledgers",
};

/** What a monitor judges, or an alert flags: a record, a currency, or the selection as a whole. */
export function SubjectLink({ subject }: { subject: string }) {
  if (subject === "selection") return <span>All that it watches</span>;
  const kind = KINDS[subject.split("_", 1)[0] ?? ""];
  if (kind === undefined) return <bdi>{subject}</bdi>;
  return (
    <RecordLink kind={kind} id={subject}>
      <bdi title={subject}>{shortenId(subject)}</bdi>
    </RecordLink>
  );
}
