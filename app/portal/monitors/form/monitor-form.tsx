import { FormProvider, type SubmissionResult, useForm, useFormMetadata } from "@conform-to/react/future";
import type { ReactNode } from "react";
import { Form, useNavigation } from "react-router";

import { Button } from "#app/ui/button.tsx";
import { Section } from "#app/ui/section.tsx";

import type { LedgerName } from "#app/portal/ledgers/read-ledger-names.server.ts";
import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { conditionFields } from "./condition-fields.tsx";
import { Select, Text, TextArea, WindowFields } from "./fields.tsx";
import type { FormKind } from "./form-kind.ts";
import { LedgerList } from "./ledger-list.tsx";
import type { FormValues } from "./monitor-form-values.server.ts";
import { Disclosure } from "./disclosure.tsx";
import { PreviewCard, type ShownPreview } from "./preview-card.tsx";
import { SelectionFields } from "./selection-fields.tsx";

export type FormAnswer = { form: SubmissionResult; preview?: ShownPreview | undefined };

/** Where a monitor is described, previewed and saved. */
export function MonitorForm({
  kind,
  values,
  ledgers,
  save,
  hidden = {},
  watches,
  answer,
}: {
  kind: FormKind;
  values: FormValues;
  ledgers: Promise<CloudResult<LedgerName[]>>;
  /** What the button says that saves it. */
  save: string;
  hidden?: Record<string, string>;
  /** In place of the fields that say so. */
  watches?: ReactNode;
  answer: FormAnswer | undefined;
}) {
  const { form } = useForm<Record<string, unknown>, string[]>({
    id: "monitor",
    lastResult: answer?.form,
    defaultValue: values,
    // The server decides.
    onValidate: ({ error }) => error,
  });
  const condition = conditionFields(kind);
  return (
    <FormProvider context={form.context}>
      <Form method="post" {...form.props} className="max-w-3xl space-y-6">
        <input type="hidden" name="form" value={kind} />
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <LedgerList ledgers={ledgers} />
        <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_10rem]">
          <Text name="name" label="Name" maxLength={120} />
          <Select name="severity" label="Severity">
            <option value="info">Info</option>
            <option value="warning">Warning</option>
            <option value="critical">Critical</option>
          </Select>
        </div>
        <Section label="What it watches">{watches ?? <SelectionFields kind={kind} />}</Section>
        {condition && <Section label="When it alerts">{condition}</Section>}
        <Section label="More">
          <div className="space-y-2">
            <ScheduleFields />
            <MuteFields />
            <AlertFields />
          </div>
        </Section>
        {answer?.preview && <PreviewCard {...answer.preview} />}
        <Buttons save={save} problem={form.errors?.join(" ")} />
      </Form>
    </FormProvider>
  );
}

function ScheduleFields() {
  const fields = ["days", "from", "to", "at", "time_zone"].map((field) => `schedule.${field}`);
  return (
    <Disclosure label="When it looks" names={fields}>
      <p className="text-small text-quiet sm:col-span-2">
        Left empty it looks all the time. With days or hours only then; with a time of day once, at that
        minute.
      </p>
      <div className="space-y-3 sm:col-span-2">
        <WindowFields name="schedule" label="Days and hours" />
        <Text name="schedule.at" label="Once a day at" type="time" className="w-36" />
      </div>
    </Disclosure>
  );
}

/** One window more than there are. */
function MuteFields() {
  const windows = useFormMetadata().getFieldList("mute");
  return (
    <Disclosure label="When it is muted" names={[]} isOpen={windows.length > 1}>
      <p className="text-small text-quiet sm:col-span-2">
        While muted it looks, and raises nothing before the end. A window that is left empty is none.
      </p>
      <div className="space-y-4 sm:col-span-2">
        {windows.map(({ key, name }, index) => (
          <WindowFields key={key} name={name} label={`Window ${index + 1}`} />
        ))}
      </div>
    </Disclosure>
  );
}

function AlertFields() {
  return (
    <Disclosure
      label="What the alert says"
      names={["alert.title", "alert.description", "alert.resolve_status"]}
    >
      <Text
        name="alert.title"
        label="Title (optional)"
        maxLength={200}
        spellCheck
        className="sm:col-span-2"
      />
      <TextArea
        name="alert.description"
        label="Description (optional)"
        rows={3}
        maxLength={2000}
        className="sm:col-span-2"
      />
      <Text
        name="alert.resolve_status"
        label="Status when it is over (optional)"
        placeholder="RESOLVED"
        maxLength={64}
      />
      <Select name="start" label="What holds already when it begins">
        <option value="alert">Shares one alert</option>
        <option value="quiet">Raises none</option>
      </Select>
    </Disclosure>
  );
}

function Buttons({ save, problem }: { save: string; problem: string | undefined }) {
  const mayRead = useGranted("data:read");
  const isSending = useNavigation().formMethod === "POST";
  return (
    <div>
      <div className="flex flex-wrap items-center gap-3">
        {/* The first of them is what the Enter key presses. */}
        <Button type="submit" name="do" value="preview" disabled={!mayRead || isSending}>
          Preview
        </Button>
        {!mayRead && <RequiredScope scope="data:read" />}
        <Button type="submit" kind="primary" name="do" value="save" disabled={isSending}>
          {save}
        </Button>
      </div>
      <output className="mt-2 block min-h-6 text-small text-bad">{problem}</output>
    </div>
  );
}
