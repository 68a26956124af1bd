import { TextLink } from "#app/ui/text-link.tsx";

import { RecordHead } from "#app/platform/portal/record-head.tsx";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";
import type { EditMonitorPageData } from "./load-monitor-form.server.ts";
import { type FormAnswer, MonitorForm } from "./monitor-form.tsx";

export function EditMonitorPage({
  id,
  revision,
  explanation,
  kind,
  values,
  ledgers,
  answer,
}: EditMonitorPageData & { answer: FormAnswer | undefined }) {
  const portalPath = usePortalPath();
  return (
    <>
      <RecordHead kind="Edit monitor" id={id}>
        <TextLink to={portalPath(`monitors/${id}`)}>Back to the monitor</TextLink>
      </RecordHead>
      <p className="max-w-prose">
        <bdi>{explanation}</bdi>
      </p>
      <p className="mt-1 mb-4 max-w-prose text-small text-quiet">
        Another selection or condition closes the incidents that are open, as edited, and begins afresh.
      </p>
      <MonitorForm
        kind={kind}
        values={values}
        ledgers={ledgers}
        save="Save monitor"
        hidden={{ revision: String(revision) }}
        answer={answer}
      />
    </>
  );
}
