import { redirect } from "react-router";
import { z } from "zod";

import { app } from "#app/app.ts";
import { operatorContext, platformContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { JobsPage } from "./jobs-page.tsx";
import { loadJobs } from "./load-jobs.server.ts";
import { retryParkedJob } from "./retry-parked-job.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/jobs.ts";

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Jobs · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  return { ...(await loadJobs(db)), loadedAt: clock.now() };
}

const retrySchema = z.object({ id: z.coerce.number().int().min(1) });

export async function action({ request, context }: Route.ActionArgs) {
  return await refuseInWords(context, async () => {
    const { id } = await requireForm(request, retrySchema);
    await retryParkedJob(context.get(platformContext), context.get(operatorContext), id);
    return redirect("/ops/jobs", 303);
  });
}

export default function JobsRoute({ loaderData }: Route.ComponentProps) {
  return <JobsPage {...loaderData} />;
}
