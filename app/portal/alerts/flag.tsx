import { useForm } from "@conform-to/react/future";
import { Form, redirect, useNavigation } from "react-router";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";
import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";
import { RecordHead } from "#app/platform/portal/record-head.tsx";
import { usePortalPath, type RecordKind } from "#app/platform/portal/record-link.tsx";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { MAYBE_DONE_IN_BLNK } from "#app/platform/portal/write-client.server.ts";
import { mintSecret } from "#app/platform/sessions/secrets.server.ts";
import { Button } from "#app/ui/button.tsx";
import { TextAreaField, TextField } from "#app/ui/field.tsx";
import { Card } from "#app/ui/card.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { flagSchema } from "./alert-forms.server.ts";
import { raiseFlag } from "./raise-flag.server.ts";
import type { Route } from "./+types/flag.ts";

const KINDS = new Map<string, { word: string; kind: RecordKind }>([
  ["bln", { word: "balance", kind: "balances" }],
  ["txn", { word: "transaction", kind: "transactions" }],
  ["idt", { word: "identity", kind: "identities" }],
]);

export function meta(): Route.MetaDescriptors {
  return [{ title: `Flag · ${app.name}` }];
}

export function loader() {
  return { formKey: mintSecret(16) };
}

export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(
    context,
    async () => {
      const session = context.get(sessionContext);
      requirePermission(session, "alerts:write");
      const { value, refuse } = await readForm(request, flagSchema);
      if (!value) return { outcome: undefined, form: refuse() };
      const outcome = await raiseFlag(context.get(platformContext), session, {
        entityId: params.entityId,
        ...value,
      });
      if (outcome.kind === "raised" && session.install.grantedPermissions.includes("alerts:read"))
        return redirect(`/portal/${session.launchId}/alerts/${encodeURIComponent(outcome.anomalyId)}`);
      return { outcome, form: refuse() };
    },
    MAYBE_DONE_IN_BLNK,
  );
}

/** Raises an alert about a balance, transaction or identity. */
export default function FlagPage({
  loaderData: { formKey },
  actionData: result,
  params: { entityId },
}: Route.ComponentProps) {
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

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";
