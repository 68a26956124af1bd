import type { RouterContextProvider } from "react-router";

import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { requestContext } from "#app/platform/http/request-context.server.ts";
import { readAssumedPrecisions } from "./precision/currency-precisions.server.ts";
import { createReadCloud } from "./read-cloud.server.ts";

/** What a loader that reads from Cloud starts with; a file may take longer than a page. */
export function openReads(
  { request, context }: { request: Request; context: Readonly<RouterContextProvider> },
  { budgetMs }: { budgetMs?: number } = {},
) {
  const platform = context.get(platformContext);
  const session = context.get(sessionContext);
  const { id } = context.get(requestContext);
  return {
    readCloud: createReadCloud(platform, session, { id, signal: request.signal }, budgetMs),
    readAssumed: () => readAssumedPrecisions(platform.db, session.install.installed_app_id),
    params: new URL(request.url).searchParams,
    now: platform.clock.now(),
  };
}

/** A file is streamed for as long as each read on its way is answered in time. */
export const FILE = { budgetMs: Infinity };
