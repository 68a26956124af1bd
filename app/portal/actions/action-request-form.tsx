import { type SubmissionResult, useForm } from "@conform-to/react/future";
import type { ReactNode } from "react";
import { Form, useNavigation } from "react-router";

import { Button } from "#app/ui/button.tsx";
import { TextAreaField, TextField } from "#app/ui/field.tsx";
import { Card } from "#app/ui/card.tsx";

import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";

export type ActionRequestResult = { form: SubmissionResult };

/** Asks for an action: its reason, and where there is a choice its amount. What it would do is shown before it is done. */
export function ActionRequestForm({
  formKey,
  submit,
  amount,
  allowed,
  result,
  hidden = {},
  children,
}: {
  formKey: string;
  submit: string;
  /** Undefined when there is nothing to choose. */
  amount?: { label: string; value: string };
  /** False while the plan has problems. */
  allowed: boolean;
  result: ActionRequestResult | undefined;
  hidden?: Record<string, string>;
  children?: ReactNode;
}) {
  const mayWrite = useGranted("data:write");
  const isSending = useNavigation().formMethod === "POST";
  const { form, fields } = useForm<{ formKey: string; amount: string; reason: string }, string[]>({
    id: "ask",
    lastResult: result?.form,
    defaultValue: { formKey, amount: amount?.value ?? "", reason: "" },
    // The server decides.
    onValidate: ({ error }) => error,
  });
  return (
    <Card className="max-w-xl p-4">
      <Form method="post" {...form.props} className="space-y-3">
        {/* Sent again it is the same action: with each answer the page has a new key, and the form keeps its own. */}
        <input type="hidden" name={fields.formKey.name} defaultValue={fields.formKey.defaultValue} />
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {amount && (
          <TextField
            label={amount.label}
            name={fields.amount.name}
            defaultValue={fields.amount.defaultValue}
            disabled={!mayWrite}
            error={fields.amount.errors?.[0]}
            inputMode="decimal"
            autoComplete="off"
          />
        )}
        <TextAreaField
          label="Reason, kept in the ledger"
          name={fields.reason.name}
          defaultValue={fields.reason.defaultValue}
          rows={2}
          disabled={!mayWrite}
          error={fields.reason.errors?.[0]}
        />
        {children}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" kind="primary" disabled={!mayWrite || !allowed || isSending}>
            {isSending ? "Checking" : submit}
          </Button>
          {mayWrite ? (
            <span className="text-small text-quiet">Nothing is done yet.</span>
          ) : (
            <RequiredScope scope="data:write" />
          )}
        </div>
        <output className="block min-h-6 text-small text-bad">{form.errors?.join(" ")}</output>
      </Form>
    </Card>
  );
}
