import { redirect } from "react-router";
import { z } from "zod";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { operatorContext, platformContext } from "#app/platform/context.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { LongWord, OpsTable } from "../shell/ops-table.tsx";
import { PostButton } from "../shell/post-button.tsx";
import { loadJobs } from "./load-jobs.server.ts";
import { retryParkedJob } from "./retry-parked-job.server.ts";
import type { Route } from "./+types/jobs.ts";

const retrySchema = z.object({ id: z.coerce.number().int().min(1) });

export function meta(): Route.MetaDescriptors {
  return [{ title: `Jobs · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  return { ...(await loadJobs(db)), loadedAt: clock.now() };
}

export async function action({ request, context }: Route.ActionArgs) {
  return await refuseInWords(context, async () => {
    const { id } = await requireForm(request, retrySchema);
    await retryParkedJob(context.get(platformContext), context.get(operatorContext), id);
    return redirect("/ops/jobs", 303);
  });
}

export default function JobsPage({ loaderData: { open, parked, loadedAt } }: Route.ComponentProps) {
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

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";
