import { data, redirect } from "react-router";

import { prepareAction } from "#app/actions/prepare-action.server.ts";
import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { ACTION_WORDS } from "#app/portal/actions/action-words.ts";
import { ActionRequestPage } from "#app/portal/actions/action-request-page.tsx";
import { actionRequestSchema } from "#app/portal/actions/action-request-schema.server.ts";
import { showPlan } from "#app/portal/actions/show-plan.server.ts";
import { writeClient } from "#app/platform/portal/write-client.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";
import { mintSecret } from "#app/platform/sessions/secrets.server.ts";

import type { Route } from "./+types/transaction-action.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

const CHECK_MS = 8_000;

export function meta({ loaderData }: Route.MetaArgs): Route.MetaDescriptors {
  const title = loaderData ? ACTION_WORDS[loaderData.kind].title : "Not found";
  return [{ title: `${title} · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { kind, transactionId } = args.params;
  const request = requestFor(kind, transactionId, undefined);
  const { readCloud, readAssumed } = openReads(args);
  const { db } = args.context.get(platformContext);
  const { instance_id } = args.context.get(sessionContext).install;
  const assume = await readAssumed();
  const plan = readCloud("data:read", (client) => showPlan(client, db, instance_id, request, assume));
  return { kind: request.kind, transactionId, formKey: mintSecret(16), plan };
}

export function action(args: Route.ActionArgs) {
  return refuseInWords(args.context, async () => {
    const { request, params, context } = args;
    const session = context.get(sessionContext);
    requirePermission(session, "data:write");
    requirePermission(session, "data:read");
    const { value, refuse } = await readForm(request, actionRequestSchema);
    if (!value) return { form: refuse() };
    const platform = context.get(platformContext);
    const assume = await openReads(args).readAssumed();
    const asked = requestFor(params.kind, params.transactionId, value.amount || undefined);
    const client = writeClient(platform, session, CHECK_MS);
    const outcome = await prepareAction(platform, client, session, asked, { ...value, assume });
    if (outcome.kind === "refused") return { form: refuse(outcome.problem) };
    return redirect(`/portal/${session.launchId}/actions/${outcome.actionId}`);
  });
}

/** @throws 404 for any other word in the address */
function requestFor(kind: string, target: string, amount: string | undefined) {
  if (kind === "commit") return { kind, target, amount } as const;
  if (kind === "void" || kind === "refund") return { kind, target } as const;
  throw data(null, { status: 404 });
}

export default function TransactionActionRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <ActionRequestPage {...loaderData} result={actionData} />;
}
