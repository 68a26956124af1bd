import { useForm, type SubmissionResult } from "@conform-to/react/future";
import { Form, useNavigation } from "react-router";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { readSubmission } from "#app/platform/http/read-form.server.ts";
import { Button } from "#app/ui/button.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { SelectField, TextField } from "#app/ui/field.tsx";
import { EmptyNote } from "#app/ui/notes.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";

import { AttemptList } from "../detail/delivery-list.tsx";
import { changeWebhook, webhookChangeSchema } from "./change-webhook.server.ts";
import { loadWebhook, type WebhookPageData } from "./load-webhook.server.ts";
import type { Route } from "./+types/monitors-webhook.ts";

type WebhookAnswer = {
  done: "set" | "removed" | "tested" | undefined;
  secret?: string | undefined;
  form?: SubmissionResult | undefined;
};

const FORMATS = { standard: "Standard Webhooks", slack: "Slack" } as const;

export function meta(): Route.MetaDescriptors {
  return [{ title: `Webhook · ${app.name}` }];
}

export function loader({ context }: Route.LoaderArgs) {
  const { installed_app_id } = context.get(sessionContext).install;
  return loadWebhook(context.get(platformContext), installed_app_id);
}

export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const submission = await readSubmission(request, webhookChangeSchema);
    return await changeWebhook(context.get(platformContext), context.get(sessionContext), submission);
  });
}

/** The one webhook of an install, beside the alerts in Blnk Cloud. */
export default function WebhookPage({
  loaderData: { isOff, webhook, messages, loadedAt },
  actionData: answer,
}: Route.ComponentProps) {
  return (
    <>
      <PageTitle>Webhook</PageTitle>
      <p className="mb-4 max-w-prose text-quiet">
        Incidents that open and close are sent to it as well, one message for each monitor and look, and so is
        what keeps monitors from working: a rejected key, nothing evaluated for 15 minutes, an alert that was
        given up, the day's limit.
      </p>
      <div className="max-w-3xl space-y-6">
        {answer?.secret !== undefined && <Secret secret={answer.secret} />}
        {webhook && (
          <Section label="It goes to">
            <Current webhook={webhook} isOff={isOff} loadedAt={loadedAt} answer={answer} />
          </Section>
        )}
        <Section label={webhook ? "Set another in its place" : "Set a webhook"}>
          {isOff ? (
            <EmptyNote>
              Webhooks are switched off: the operator of this app has not set WEBHOOK_HOSTS, the hosts that
              messages may go to.
            </EmptyNote>
          ) : (
            // A webhook that was set leaves an empty form.
            <SetForm key={answer?.secret} answer={answer} />
          )}
        </Section>
        <Section label="Messages">
          <MessageList messages={messages} loadedAt={loadedAt} />
        </Section>
      </div>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

function Secret({ secret }: { secret: string }) {
  return (
    <Card className="space-y-2 p-4">
      <p className="font-medium text-good">The webhook is set.</p>
      <p>This secret signs its messages. It is shown this once: keep it where they are received.</p>
      <p>
        <code className="rounded-panel border border-line bg-ground px-2 py-1 text-small">{secret}</code>
      </p>
    </Card>
  );
}

function Current({
  webhook,
  isOff,
  loadedAt,
  answer,
}: {
  webhook: NonNullable<WebhookPageData["webhook"]>;
  isOff: boolean;
  loadedAt: number;
  answer: WebhookAnswer | undefined;
}) {
  const isSending = useNavigation().formMethod === "POST";
  return (
    <Card>
      <DescriptionList>
        <Fact term="Host">{webhook.host}</Fact>
        <Fact term="Format">{FORMATS[webhook.format]}</Fact>
        <Fact term="Set">
          <RelativeTime at={webhook.created_at} loadedAt={loadedAt} />
        </Fact>
      </DescriptionList>
      <div className="space-y-3 border-t border-line p-4">
        <Form method="post">
          <Button type="submit" name="change" value="test" disabled={isOff || isSending}>
            Send a test message
          </Button>
          <output className="mt-2 block min-h-6 text-small text-good">
            {answer?.done === "tested" && "A test message is on its way; what becomes of it is below."}
          </output>
        </Form>
        <details>
          <summary className="w-fit text-link">Remove it</summary>
          <Form method="post" className="mt-2 flex flex-wrap items-center gap-3">
            <p className="text-small text-quiet">
              Its URL and secret are destroyed, and what was not sent yet is dropped.
            </p>
            <Button type="submit" kind="primary" name="change" value="remove" disabled={isSending}>
              Remove the webhook to {webhook.host}
            </Button>
          </Form>
        </details>
      </div>
    </Card>
  );
}

function SetForm({ answer }: { answer: WebhookAnswer | undefined }) {
  const isSending = useNavigation().formMethod === "POST";
  const { form, fields } = useForm<{ url: string; format: string }, string[]>({
    id: "webhook",
    lastResult: answer?.form,
    defaultValue: { url: "", format: "standard" },
    // The server decides.
    onValidate: ({ error }) => error,
  });
  return (
    <Card className="p-4">
      <Form method="post" {...form.props} className="flex flex-wrap items-start gap-3">
        <TextField
          label="URL, not shown again"
          name={fields.url.name}
          defaultValue={fields.url.defaultValue}
          error={fields.url.errors?.[0]}
          placeholder="https://"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          required
          className="min-w-56 flex-1"
        />
        <SelectField
          label="Format"
          name={fields.format.name}
          defaultValue={fields.format.defaultValue}
          className="w-48"
        >
          <option value="standard">{FORMATS.standard}</option>
          <option value="slack">{FORMATS.slack}</option>
        </SelectField>
        <span className="pt-5">
          <Button type="submit" kind="primary" name="change" value="set" disabled={isSending}>
            Set webhook
          </Button>
        </span>
      </Form>
    </Card>
  );
}

const STATES = {
  pending: "waits to be sent",
  delivered: "delivered",
  parked: "given up",
  dropped: "dropped",
} as const;

/** What was sent and what became of it; what the messages said is not kept. */
function MessageList({ messages, loadedAt }: Pick<WebhookPageData, "messages" | "loadedAt">) {
  if (messages.length === 0) return <EmptyNote>Each message and its attempts will be here.</EmptyNote>;
  return (
    <Card>
      <ul className="divide-y divide-line text-small">
        {messages.map(({ id, event, state, error, createdAt, attempts }) => (
          <li key={id} className="space-y-1 px-4 py-2.5">
            <p className="flex flex-wrap justify-between gap-x-4">
              <bdi>{event}</bdi>
              <span className="text-quiet">
                {STATES[state]}, <RelativeTime at={createdAt} loadedAt={loadedAt} />
              </span>
            </p>
            {error && state !== "delivered" && <p className="text-attention">{error.replaceAll("_", " ")}</p>}
            <AttemptList attempts={attempts} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
