import { app } from "#app/app.ts";
import { platformContext } from "#app/context.server.ts";
import { AuditPage } from "#app/ops/audit/audit-page.tsx";
import { listOperatorActions } from "#app/ops/operator-actions.server.ts";
import { readPageQuery } from "#app/ops/read-page.server.ts";

import type { Route } from "./+types/audit.ts";

export { OpsError as ErrorBoundary } from "#app/ops/shell/ops-error.tsx";

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
