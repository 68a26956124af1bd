import { type MiddlewareFunction, redirect } from "react-router";

import { installContext } from "#app/platform/http/request-context.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { admitToPortal } from "#app/platform/sessions/admit-to-portal.server.ts";
import { plainPage, sessionEndedPage } from "#app/ui/plain-page.server.ts";

/**
 * Runs before every loader and action of the portal, for pages and data requests alike: with a good session the routes
 * below can read it from the context, without one they do not run.
 */
export const requirePortalSession: MiddlewareFunction<Response> = async (
  { request, params, context },
  next,
) => {
  const admission = await admitToPortal(context.get(platformContext), request, params.launchId ?? "");
  switch (admission.kind) {
    case "session":
      context.set(sessionContext, admission.session);
      context.set(installContext, admission.session.install.installed_app_id);
      return await next();
    case "settled":
      return redirect(admission.location, 303);
    case "cookies_blocked":
      return plainPage({
        status: 403,
        title: "Cookies are blocked here",
        text: "Your browser keeps no cookies for apps inside this dashboard, so the session cannot start here. It works in a tab of its own.",
        link: { href: `/portal/enter?code=${admission.code}`, label: "Open in a new tab", newTab: true },
      });
    case "ended":
      return sessionEndedPage();
  }
};
