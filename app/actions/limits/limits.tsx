import { data, redirect } from "react-router";

import { refuseInWords } from "#app/platform/answers.server.ts";
import { operatorContext, platformContext } from "#app/platform/context.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";
import { findInstallLine } from "#app/platform/ops/installs/load-installs.server.ts";
import { Section } from "#app/ui/section.tsx";

import type { Route } from "./+types/limits.ts";
import { listActionLimits } from "./action-limits.server.ts";
import { LimitForm } from "./limit-form.tsx";
import { limitSchema, setLimit } from "./set-limit.server.ts";

/** A part of the console's page of an install. */
export async function loader({ params, context }: Route.LoaderArgs) {
  const { db } = context.get(platformContext);
  const install = await findInstallLine(db, params.installedAppId);
  if (!install) throw data(null, { status: 404 });
  return { limits: await listActionLimits(db, install.instance_id) };
}

export async function action({ request, params, context }: Route.ActionArgs) {
  const platform = context.get(platformContext);
  const install = await findInstallLine(platform.db, params.installedAppId);
  if (!install) throw data(null, { status: 404 });
  return await refuseInWords(context, async () => {
    const { value, refuse } = await readForm(request, limitSchema);
    if (!value) return data(refuse(), { status: 400 });
    await setLimit(platform, context.get(operatorContext), install.instance_id, value);
    return redirect(`/ops/installs/${install.installed_app_id}`, 303);
  });
}

export default function ActionLimits({ loaderData: { limits }, actionData }: Route.ComponentProps) {
  const problems = actionData?.error?.fieldErrors;
  const refused = limits.find(({ currency }) => currency === actionData?.submission.payload["currency"]);
  return (
    <Section label="Action limits">
      <p className="mb-3 text-quiet">
        The most that may be moved from here in this instance, per action and per day (UTC), in major units.
        Leave a field empty for no limit. Limits apply to every installation of the instance.
      </p>
      <div className="grid gap-3">
        {limits.map((limit) => (
          <LimitForm key={limit.currency} limit={limit} problems={limit === refused ? problems : undefined} />
        ))}
        <LimitForm key={limits.length} problems={refused ? undefined : problems} />
      </div>
    </Section>
  );
}
