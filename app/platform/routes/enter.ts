import { redirect } from "react-router";

import { platformContext } from "#app/platform/context.server.ts";
import { requestContext } from "#app/platform/http/request-context.server.ts";
import { enterPortal, type EntryPass } from "#app/platform/sessions/enter-portal.server.ts";
import { cookieSite } from "#app/platform/sessions/portal-cookies.server.ts";
import { plainPage, sessionEndedPage } from "#app/ui/plain-page.server.ts";

import type { Route } from "./+types/enter.ts";

export async function loader({ request, context }: Route.LoaderArgs): Promise<Response> {
  // Link previews and scanners send HEAD; only a GET uses a token up.
  if (request.method !== "GET") return new Response(null, { status: 405, headers: { Allow: "GET" } });
  const pass = readPass(new URL(request.url).searchParams);
  if (!pass) return sessionEndedPage();
  const site = cookieSite(request);
  if (!site) {
    return plainPage({
      status: 400,
      title: "Open it as a page",
      text: "This address opens as a page or in the dashboard's panel, in no other way.",
    });
  }
  const { db, clock } = context.get(platformContext);
  const { address } = context.get(requestContext);
  const entry = await enterPortal(db, request, pass, { now: clock.now(), site, sourceAddress: address });
  if (!entry) return sessionEndedPage();
  return redirect(entry.location, { headers: entry.cookies.map((cookie) => ["Set-Cookie", cookie]) });
}

export function action(): Response {
  return new Response("Open the app from Blnk Cloud's dashboard.", {
    status: 405,
    headers: { Allow: "GET" },
  });
}

function readPass(query: URLSearchParams): EntryPass | undefined {
  const token = query.get("token");
  if (token) return { token };
  const code = query.get("code");
  return code ? { code } : undefined;
}
