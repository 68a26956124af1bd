import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { sessionCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { loadOverview } from "./load-overview.server.ts";
import { scansContext } from "./shared-scans.server.ts";
import { OverviewPage } from "./overview-page.tsx";
import { requireEmptyForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/overview.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

/** A scan reads thousands of rows, and goes on without the page that began it. */
const SCAN_MS = 60_000;

export function meta(): Route.MetaDescriptors {
  return [{ title: `Overview · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const platform = args.context.get(platformContext);
  const session = args.context.get(sessionContext);
  const { readCloud, readAssumed, params, now } = openReads(args);
  return loadOverview({
    readCloud,
    scanClient: platform.cloud.client(sessionCredentials(platform, session), { budgetMs: SCAN_MS }),
    scans: args.context.get(scansContext),
    scanKey: scanKey(session.install),
    db: platform.db,
    installedAppId: session.install.installed_app_id,
    assume: readAssumed,
    currency: params.get("currency"),
    now,
    intervalMs: platform.intervalMs,
  });
}

/** "Count again". */
export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    await requireEmptyForm(request);
    const { balances, week } = context.get(scansContext);
    const key = scanKey(context.get(sessionContext).install);
    balances.forget(key);
    week.forget(key);
    return null;
  });
}

function scanKey({ installed_app_id, generation }: { installed_app_id: string; generation: number }): string {
  return `${installed_app_id} ${generation}`;
}

export default function OverviewRoute({ loaderData }: Route.ComponentProps) {
  return <OverviewPage {...loaderData} />;
}
