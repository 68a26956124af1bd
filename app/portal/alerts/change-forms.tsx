import { type SubmissionResult, useForm } from "@conform-to/react/future";
import { Form, useNavigation } from "react-router";

import { Button } from "#app/ui/button.tsx";
import { SelectField, TextAreaField, TextField } from "#app/ui/field.tsx";
import { Card } from "#app/ui/card.tsx";

import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";
import type { ChangeOutcome } from "./change-alert.server.ts";
import type { AlertRead } from "./load-alert.server.ts";

/** What became of the form that was sent last. */
export type ChangeResult = {
  change: "status" | "text" | undefined;
  outcome: ChangeOutcome | undefined;
  form: SubmissionResult;
};

export function StatusForm({ alert, result }: { alert: AlertRead; result: ChangeResult | undefined }) {
  const mayWrite = useGranted("alerts:write");
  const { key, name } = alert.status;
  const isKnown = alert.statuses.some((status) => status.key === key);
  return (
    <Card className="p-4">
      <Form method="post" className="flex flex-wrap items-end gap-3">
        <input type="hidden" name="change" value="status" />
        <input type="hidden" name="seen" value={alert.seen} />
        <SelectField
          label="Status"
          name="status"
          defaultValue={key}
          disabled={!mayWrite}
          className="min-w-44 flex-1 sm:max-w-64"
        >
          {!isKnown && <option value={key}>{name}</option>}
          {alert.statuses.map((status) => (
            <option key={status.key} value={status.key}>
              {status.name}
            </option>
          ))}
        </SelectField>
        <Submit kind="primary">Set status</Submit>
        <Outcome result={result?.change === "status" ? result : undefined} done={`The status is ${name}.`} />
      </Form>
    </Card>
  );
}

export function EditForm({ alert, result }: { alert: AlertRead; result: ChangeResult | undefined }) {
  const mayWrite = useGranted("alerts:write");
  const own = result?.change === "text" ? result : undefined;
  const { form, fields } = useForm<{ title: string; description: string }, string[]>({
    id: "edit-alert",
    lastResult: own?.outcome?.kind === "done" ? null : own?.form,
    defaultValue: { title: alert.title ?? "", description: alert.description },
    // The server decides.
    onValidate: ({ error }) => error,
  });
  return (
    <Card className="p-4">
      <Form method="post" {...form.props} className="space-y-3">
        <input type="hidden" name="change" value="text" />
        <input type="hidden" name="seen" value={alert.seen} />
        <TextField
          label="Title"
          name={fields.title.name}
          defaultValue={fields.title.defaultValue}
          maxLength={200}
          disabled={!mayWrite}
          error={fields.title.errors?.[0]}
          autoComplete="off"
        />
        <TextAreaField
          label="Description"
          name={fields.description.name}
          defaultValue={fields.description.defaultValue}
          disabled={!mayWrite}
          error={fields.description.errors?.[0]}
        />
        <div className="flex flex-wrap items-center gap-3">
          <Submit>Save text</Submit>
          <Outcome result={own} done="Saved." />
        </div>
      </Form>
    </Card>
  );
}

function Submit({ kind = "plain", children }: { kind?: "primary" | "plain"; children: string }) {
  const mayWrite = useGranted("alerts:write");
  const isSending = useNavigation().formMethod === "POST";
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Button type="submit" kind={kind} disabled={!mayWrite || isSending}>
        {children}
      </Button>
      {!mayWrite && <RequiredScope scope="alerts:write" />}
    </span>
  );
}

const CONSEQUENCES = {
  refused: "Nothing was changed.",
  unknown: "Load the page again to see how it is.",
};

function Outcome({ result, done }: { result: ChangeResult | undefined; done: string }) {
  // Until the alert is read again, the page shows it as it was.
  const outcome = useNavigation().state === "idle" ? result?.outcome : undefined;
  return (
    <output className="flex min-h-9 items-center text-small empty:hidden">
      {outcome?.kind === "done" && <span className="text-good">{done}</span>}
      {outcome && outcome.kind !== "done" && (
        <span className="text-bad">
          {outcome.problem}. {CONSEQUENCES[outcome.kind]}
        </span>
      )}
    </output>
  );
}
