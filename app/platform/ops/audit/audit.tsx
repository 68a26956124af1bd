import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { AuditPage } from "./audit-page.tsx";
import { listOperatorActions } from "#app/platform/operator/operator-actions.server.ts";
import { readPageQuery } from "#app/platform/operator/read-page.server.ts";

import type { Route } from "./+types/audit.ts";

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Audit · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { db, clock } = context.get(platformContext);
  const { searchParams } = new URL(request.url);
  return { ...(await listOperatorActions(db, readPageQuery(searchParams))), loadedAt: clock.now() };
}

export default function AuditRoute({ loaderData }: Route.ComponentProps) {
  return <AuditPage {...loaderData} />;
}
