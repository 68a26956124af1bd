import type { Clock } from "#app/platform/clock.ts";
import type { Database } from "#db/database.server.ts";

import { burnHandOverCode, isHandOverCodeLive } from "./hand-over-codes.server.ts";
import { findPortalSession, type PortalSession } from "./portal-session.server.ts";

/** What the guard found; the route turns all but `session` into a page. A request without a session never gets one. */
export type Admission =
  | { kind: "session"; session: PortalSession }
  /** The cookie came back after an entry: on to the address without the code. */
  | { kind: "settled"; location: string }
  /** The cookie that the entry set did not come back, so cookies are blocked here; the code still opens a tab. */
  | { kind: "cookies_blocked"; code: string }
  | { kind: "ended" };

export async function admitToPortal(
  { db, clock }: { db: Database; clock: Clock },
  request: Request,
  launchId: string,
): Promise<Admission> {
  const now = clock.now();
  const url = new URL(request.url);
  const code = url.searchParams.get("check");
  const session = await findPortalSession(db, request, launchId, now);
  if (session && code === null) return { kind: "session", session };
  if (session && code !== null) {
    await db.write((tx) => burnHandOverCode(tx, launchId, code, now));
    url.searchParams.delete("check");
    return { kind: "settled", location: url.pathname + url.search };
  }
  const live = code !== null && (await isHandOverCodeLive(db, launchId, code, now));
  return live ? { kind: "cookies_blocked", code } : { kind: "ended" };
}
