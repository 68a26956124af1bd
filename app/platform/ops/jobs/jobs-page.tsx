import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { LongWord, OpsTable } from "../shell/ops-table.tsx";
import { PostButton } from "../shell/post-button.tsx";
import type { JobLine } from "./load-jobs.server.ts";

export function JobsPage({
  open,
  parked,
  loadedAt,
}: {
  open: JobLine[];
  parked: JobLine[];
  loadedAt: number;
}) {
  return (
    <OpsPage title="Jobs">
      <Section label="Parked">
        <OpsTable
          label="Parked jobs"
          columns={["Job", "Install", "Why", "Tries", "Given up", "Retry"]}
          empty="Jobs that failed or were interrupted five times will be here until they are tried again."
          rows={parked.map((job) => ({
            key: job.id,
            cells: [
              job.kind,
              <LongWord key="install">{job.installed_app_id ?? "all"}</LongWord>,
              job.last_error && <LongWord key="error">{job.last_error}</LongWord>,
              job.attempts,
              job.finished_at !== null && <RelativeTime at={job.finished_at} loadedAt={loadedAt} />,
              <PostButton key="retry" label="Retry" fields={{ id: String(job.id) }} />,
            ],
          }))}
        />
      </Section>
      <Section label="Queued and running">
        <OpsTable
          label="Queued and running jobs"
          columns={["Job", "Install", "State", "Last error", "Tries", "Due"]}
          empty="Nothing waits and nothing runs."
          rows={open.map((job) => ({
            key: job.id,
            cells: [
              job.kind,
              <LongWord key="install">{job.installed_app_id ?? "all"}</LongWord>,
              job.state,
              job.last_error && <LongWord key="error">{job.last_error}</LongWord>,
              job.attempts,
              job.state === "queued" && <RelativeTime at={job.due_at} loadedAt={loadedAt} />,
            ],
          }))}
        />
      </Section>
    </OpsPage>
  );
}
