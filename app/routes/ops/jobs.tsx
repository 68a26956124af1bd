import { data, redirect } from "react-router";

import { app } from "#app/app.ts";
import { operatorContext, platformContext } from "#app/context.server.ts";
import { readFormData } from "#app/form-body.server.ts";
import { refuseInWords } from "#app/http.server.ts";
import { JobsPage } from "#app/ops/jobs/jobs-page.tsx";
import { loadJobs } from "#app/ops/jobs/load-jobs.server.ts";
import { retryParkedJob } from "#app/ops/jobs/retry-parked-job.server.ts";

import type { Route } from "./+types/jobs.ts";

export { OpsError as ErrorBoundary } from "#app/ops/shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Jobs · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  return { ...(await loadJobs(db)), loadedAt: clock.now() };
}

export async function action({ request, context }: Route.ActionArgs) {
  return await refuseInWords(context, async () => {
    const id = Number((await readFormData(request)).get("id"));
    if (!Number.isSafeInteger(id) || id < 1) throw data(null, { status: 400 });
    await retryParkedJob(context.get(platformContext), context.get(operatorContext), id);
    return redirect("/ops/jobs", 303);
  });
}

export default function JobsRoute({ loaderData }: Route.ComponentProps) {
  return <JobsPage {...loaderData} />;
}
