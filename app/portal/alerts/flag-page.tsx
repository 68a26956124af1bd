import { type SubmissionResult, useForm } from "@conform-to/react/future";
import { Form, useNavigation } from "react-router";

import { Button } from "#app/ui/button.tsx";
import { TextAreaField, TextField } from "#app/ui/field.tsx";
import { Card } from "#app/ui/card.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";
import { RecordHead } from "#app/platform/portal/record-head.tsx";
import { type RecordKind, usePortalPath } from "#app/platform/portal/record-link.tsx";
import type { FlagOutcome } from "./raise-flag.server.ts";

export type FlagResult = { outcome: FlagOutcome | undefined; form: SubmissionResult };

const KINDS = new Map<string, { word: string; kind: RecordKind }>([
  ["bln", { word: "balance", kind: "balances" }],
  ["txn", { word: "transaction", kind: "transactions" }],
  ["idt", { word: "identity", kind: "identities" }],
]);

/** Raises an alert about a balance, transaction or identity. */
export function FlagPage({
  entityId,
  formKey,
  result,
}: {
  entityId: string;
  formKey: string;
  result: FlagResult | undefined;
}) {
  const mayWrite = useGranted("alerts:write");
  const isSending = useNavigation().formMethod === "POST";
  const portalPath = usePortalPath();
  const record = KINDS.get(entityId.split("_", 1)[0]!);
  const word = record?.word ?? "record";
  const { form, fields } = useForm<{ formKey: string; title: string; description: string }, string[]>({
    id: "flag",
    lastResult: result?.form,
    defaultValue: { formKey, title: "", description: "" },
    // The server decides.
    onValidate: ({ error }) => error,
  });
  const outcome = result?.outcome;
  return (
    <>
      <RecordHead kind={`Flag ${word}`} id={entityId} />
      <Card className="max-w-xl p-4">
        {outcome?.kind === "raised" ? (
          <output className="block">
            Raised.{" "}
            <TextLink to={portalPath(`alerts/${encodeURIComponent(outcome.anomalyId)}`)}>
              Open the alert
            </TextLink>
          </output>
        ) : (
          <Form method="post" {...form.props} className="space-y-3">
            <p className="text-quiet">
              Raises an alert in Blnk Cloud, with the status Flagged, that everyone in your organization sees.
              It can be edited and resolved, but not deleted.
            </p>
            {/* Sent again it is the same alert: with each answer the page has a new key, and the form keeps its own. */}
            <input type="hidden" name={fields.formKey.name} defaultValue={fields.formKey.defaultValue} />
            <TextField
              label="Title (optional)"
              name={fields.title.name}
              defaultValue={fields.title.defaultValue}
              maxLength={200}
              disabled={!mayWrite}
              error={fields.title.errors?.[0]}
              autoComplete="off"
            />
            <TextAreaField
              label="What is to be looked at"
              name={fields.description.name}
              defaultValue={fields.description.defaultValue}
              disabled={!mayWrite}
              error={fields.description.errors?.[0]}
            />
            <div className="flex flex-wrap items-center gap-3">
              <Button type="submit" kind="primary" disabled={!mayWrite || isSending}>
                {isSending ? "Raising the alert" : `Flag this ${word}`}
              </Button>
              {!mayWrite && <RequiredScope scope="alerts:write" />}
              {record && (
                <TextLink to={portalPath(`${record.kind}/${encodeURIComponent(entityId)}`)}>
                  Back to the {word}
                </TextLink>
              )}
            </div>
            <output className="block min-h-6 text-small text-bad">
              {outcome?.kind === "not_raised" &&
                `${outcome.problem}. No alert was raised; it is safe to try again.`}
              {outcome?.kind === "unknown" &&
                `${outcome.problem}. Sent from this page again, it is first looked for.`}
            </output>
          </Form>
        )}
      </Card>
    </>
  );
}
