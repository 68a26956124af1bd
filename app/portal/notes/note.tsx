import { useForm, type SubmissionResult } from "@conform-to/react/future";
import { Form, useNavigation } from "react-router";

import type { NoteOutcome } from "#app/actions/own-note.server.ts";
import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";
import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";
import { RecordHead } from "#app/platform/portal/record-head.tsx";
import { usePortalPath, type RecordKind } from "#app/platform/portal/record-link.tsx";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { MAYBE_DONE_IN_BLNK } from "#app/platform/portal/write-client.server.ts";
import { Button } from "#app/ui/button.tsx";
import { TextAreaField } from "#app/ui/field.tsx";
import { Card } from "#app/ui/card.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { loadNote, noteSchema, saveOwnNote } from "./save-note.server.ts";
import type { Route } from "./+types/note.ts";

type NoteResult = { outcome: NoteOutcome | undefined; form: SubmissionResult };

const KINDS = new Map<string, { word: string; kind: RecordKind }>([
  ["bln", { word: "balance", kind: "balances" }],
  ["txn", { word: "transaction", kind: "transactions" }],
  ["ldg", { word: "ledger", kind: "ledgers" }],
  ["idt", { word: "identity", kind: "identities" }],
]);

export function meta(): Route.MetaDescriptors {
  return [{ title: `Note · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  return loadNote(openReads(args).readCloud, args.params.entityId);
}

export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(
    context,
    async () => {
      const session = context.get(sessionContext);
      requirePermission(session, "data:write");
      requirePermission(session, "data:read");
      const { value, refuse } = await readForm(request, noteSchema);
      if (!value) return { outcome: undefined, form: refuse() };
      const outcome = await saveOwnNote(context.get(platformContext), session, params.entityId, value);
      return { outcome, form: refuse() };
    },
    MAYBE_DONE_IN_BLNK,
  );
}

export default function NotePage({
  loaderData: { entityId, note },
  actionData: result,
}: Route.ComponentProps) {
  const portalPath = usePortalPath();
  const record = KINDS.get(entityId.split("_", 1)[0]!);
  return (
    <>
      <RecordHead kind={`Note on a ${record?.word ?? "record"}`} id={entityId} />
      <CloudResultBlock
        what="The note"
        scope="data:read"
        reading={note}
        resetKey={entityId}
        skeleton={<Skeleton label="Loading the note" rows={4} listClassName="" rowClassName="h-12" />}
      >
        {({ text, seen }) => <NoteForm key={seen} text={text} seen={seen} result={result} />}
      </CloudResultBlock>
      {record && (
        <p className="mt-4 text-small">
          <TextLink to={portalPath(`${record.kind}/${encodeURIComponent(entityId)}`)}>
            Back to the {record.word}
          </TextLink>
        </p>
      )}
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

function NoteForm({ text, seen, result }: { text: string; seen: string; result: NoteResult | undefined }) {
  const mayWrite = useGranted("data:write");
  const isSending = useNavigation().formMethod === "POST";
  const outcome = result?.outcome;
  const { form, fields } = useForm<{ note: string; seen: string }, string[]>({
    id: "note",
    lastResult: outcome?.kind === "saved" ? null : result?.form,
    defaultValue: { note: text, seen },
    // The server decides.
    onValidate: ({ error }) => error,
  });
  return (
    <Card className="max-w-xl p-4">
      <Form method="post" {...form.props} className="space-y-3">
        <p className="text-quiet">
          Kept in the record's metadata in Blnk, where everyone in your organization can read it.
        </p>
        <input type="hidden" name="seen" value={seen} />
        <TextAreaField
          label="Note"
          name={fields.note.name}
          defaultValue={fields.note.defaultValue}
          disabled={!mayWrite}
          error={fields.note.errors?.[0]}
        />
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" kind="primary" disabled={!mayWrite || isSending}>
            {isSending ? "Saving" : "Save note"}
          </Button>
          {!mayWrite && <RequiredScope scope="data:write" />}
        </div>
        <output className="block min-h-6 text-small">
          {outcome?.kind === "saved" && <span className="text-good">Saved.</span>}
          {outcome?.kind === "refused" && (
            <span className="text-bad">{outcome.problem}. Nothing was changed.</span>
          )}
          {outcome?.kind === "unknown" && (
            <span className="text-bad">{outcome.problem}. Load the page again to see how it is.</span>
          )}
        </output>
      </Form>
    </Card>
  );
}
