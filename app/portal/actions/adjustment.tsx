import { redirect } from "react-router";

import { prepareAction } from "#app/actions/prepare-action.server.ts";
import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { AdjustmentPage } from "#app/portal/actions/adjustment-page.tsx";
import { adjustmentSchema } from "#app/portal/actions/action-request-schema.server.ts";
import { loadAdjustment } from "#app/portal/actions/load-adjustment.server.ts";
import { writeClient } from "#app/platform/portal/write-client.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/adjustment.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

const CHECK_MS = 8_000;

export function meta(): Route.MetaDescriptors {
  return [{ title: `Adjust two balances · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, params, now } = openReads(args);
  const { db } = args.context.get(platformContext);
  const { instance_id } = args.context.get(sessionContext).install;
  return loadAdjustment(readCloud, await readAssumed(), db, { instanceId: instance_id, params, now });
}

export function action(args: Route.ActionArgs) {
  return refuseInWords(args.context, async () => {
    const session = args.context.get(sessionContext);
    requirePermission(session, "data:write");
    requirePermission(session, "data:read");
    const { value, refuse } = await readForm(args.request, adjustmentSchema);
    if (!value) return { form: refuse() };
    const platform = args.context.get(platformContext);
    const assume = await openReads(args).readAssumed();
    const { from: source, to: destination, amount, ...form } = value;
    const asked = { kind: "adjustment", source, destination, amount } as const;
    const client = writeClient(platform, session, CHECK_MS);
    const outcome = await prepareAction(platform, client, session, asked, { ...form, assume });
    if (outcome.kind === "refused") return { form: refuse(outcome.problem) };
    return redirect(`/portal/${session.launchId}/actions/${outcome.actionId}`);
  });
}

export default function AdjustmentRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <AdjustmentPage {...loaderData} result={actionData} />;
}
