import routes from "#app/routes.ts";

import { OPERATOR_PASSWORD } from "./operator-password.ts";
import { builtRoutes, MADE_UP_IDS, portalPosts } from "./portal-requests.ts";

/** A route that something can be posted to, with what its page would post. */
export type FormRoute = {
  /** Of the portal: below its home. */
  path: string;
  asks: "portal" | "operator" | "nobody";
  form: Record<string, string>;
  /** What anything else is answered with. */
  refused: number[];
};

const REFUSED = [400, 413, 415];

/** @throws when the app has a route with an action that is not among them */
export function formRoutes(): FormRoute[] {
  const forgotten = otherActions().filter((path) => !(path in OTHER_FORMS));
  if (forgotten.length > 0) throw new Error(`No test posts to ${forgotten.join(", ")}.`);
  const ofPortal = portalPosts(MADE_UP_IDS).map(({ path, form = {} }): FormRoute => ({
    path,
    asks: "portal",
    form,
    refused: REFUSED,
  }));
  return [...ofPortal, ...Object.values(OTHER_FORMS)];
}

const operator = (path: string, form: Record<string, string> = {}): FormRoute => ({
  path,
  asks: "operator",
  form,
  refused: REFUSED,
});

const OTHER_FORMS: Record<string, FormRoute> = {
  "ops/sign-in": { ...operator("/ops/sign-in", { password: OPERATOR_PASSWORD }), asks: "nobody" },
  "ops/installs/:installedAppId": operator("/ops/installs/instapp_1?index", {
    currency: "USD",
    per_action: "1",
    per_day: "",
  }),
  "ops/installs/:installedAppId/gone": operator("/ops/installs/instapp_1/gone"),
  "ops/sessions": operator("/ops/sessions", { every: "1" }),
  "ops/jobs": operator("/ops/jobs", { id: "1" }),
  "ops/sign-out": operator("/ops/sign-out"),
  "portal/enter": { path: "/portal/enter", asks: "nobody", form: {}, refused: [405] },
  // Forms know no token of the URLs that Blnk calls.
  "api/callback/:urlToken": { path: "/api/callback/unknown", asks: "nobody", form: {}, refused: [404] },
  "api/portal/:urlToken": { path: "/api/portal/unknown", asks: "nobody", form: {}, refused: [404] },
  "*": { path: "/nowhere", asks: "nobody", form: {}, refused: [404] },
};

/** The paths outside the portal that have an action, by the list of the routes. */
function otherActions(): string[] {
  const built = builtRoutes();
  type Route = { file: string; path?: string | undefined; children?: Route[] | undefined };
  const below = (list: readonly Route[], parent: string): string[] =>
    list.flatMap(({ file, path = "", children = [] }) => {
      const full = [parent, path].filter((part) => part !== "").join("/");
      const own = built[file.replace(/\.tsx?$/, "")]?.hasAction ? [full] : [];
      return file === "platform/portal/shell/layout.tsx" ? [] : [...own, ...below(children, full)];
    });
  return below(routes, "");
}
