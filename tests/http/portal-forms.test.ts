import fc from "fast-check";
import { expect, test } from "vitest";

import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { breachOf } from "#tests/hostile/attack.ts";
import { type FormRoute, formRoutes } from "#tests/support/form-routes.ts";
import { hostileBodies, type PostForm, postHostileForms } from "#tests/support/hostile-forms.ts";
import { openOperator } from "#tests/support/operator-browser.ts";
import { operatorHash } from "#tests/support/operator-password.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

const SLACK_MS = 5_000;

/** An app with a session of the portal that has these scopes, and an operator's. */
async function openForms(granted: readonly string[]) {
  const app = await startApp({ env: { OPERATOR_PASSWORD_HASH: operatorHash() } });
  await app.install({ granted_permissions: granted });
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  const operator = openOperator(app);
  await operator.signIn();
  const post: PostForm = ({ asks, path }, init) => {
    const all = { ...init, headers: { origin: PUBLIC_URL, ...(init.headers as Record<string, string>) } };
    if (asks === "nobody") return app.request(path, all);
    if (asks === "operator") return operator.get(path, all);
    return portal.get(path.startsWith("?") ? home + path : `${home}/${path}`, all);
  };
  return { app, post };
}

const encoded = (body: string) => ({
  body,
  headers: { "content-type": "application/x-www-form-urlencoded" },
  method: "POST",
});

test("every form refuses in words what its page doesn't send, and nothing is changed", async () => {
  const { app, post } = await openForms(SCOPES);
  const wrong: (string | undefined)[] = [];
  for (const [turn, route] of formRoutes().entries()) {
    // A third of them for each form, by turns; test:hostile sends all to all.
    const bodies = hostileBodies(route.form).filter((_, index) => index % 3 === turn % 3);
    const send = async () => {
      const sent = await postHostileForms(route, bodies, { post, withinMs: SLACK_MS });
      wrong.push(...sent.wrong);
      return sent.answers;
    };
    wrong.push(
      await breachOf({ app, word: "no such word" }, { name: route.path, refused: route.refused, send }),
    );
  }
  expect(wrong.filter((each) => each !== undefined)).toEqual([]);
}, 120_000);

test("a session without any scope gets no further with them", async () => {
  const { app, post } = await openForms([]);
  const wrong: (string | undefined)[] = [];
  for (const route of formRoutes().filter(({ asks }) => asks === "portal")) {
    const refused = [...route.refused, 403];
    const send = async () => [
      await post(route, encoded("x[30000000]=1")),
      await post(route, encoded("__proto__=1")),
    ];
    wrong.push(await breachOf({ app, word: "no such word" }, { name: route.path, refused, send }));
  }
  expect(wrong.filter((each) => each !== undefined)).toEqual([]);
}, 60_000);

test("what a form's page sends itself is not refused as another page's form", async () => {
  const { post } = await openForms(SCOPES);
  for (const route of lastToEnd(formRoutes().filter(({ asks }) => asks !== "nobody"))) {
    const answer = await post(route, encoded(new URLSearchParams(route.form).toString()));
    expect([route.path, answer.status === 415 && route.path !== "monitors/import"]).toEqual([
      route.path,
      false,
    ]);
    expect([route.path, (await answer.text()).includes("not the page")]).toEqual([route.path, false]);
  }
}, 60_000);

test("no name that a form doesn't have is let through", async () => {
  const { app, post } = await openForms(SCOPES);
  const routes = formRoutes().filter(({ asks, refused }) => asks === "portal" && refused.includes(400));
  const piece = fc.oneof(
    fc.constantFrom(
      "[",
      "]",
      ".",
      "[0]",
      "[4000000]",
      "__proto__",
      "constructor",
      "mute",
      "select",
      "\0",
      "x",
    ),
    fc.string({ unit: "grapheme", maxLength: 8 }),
  );
  const name = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => `~${pieces.join("")}`);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), name, async (route, field) => {
      const form = new URLSearchParams({ ...route.form, [field]: "1" }).toString();
      const breach = await breachOf(
        { app, word: "no such word" },
        { name: field, refused: route.refused, send: () => post(route, encoded(form)) },
      );
      expect(breach).toBeUndefined();
    }),
    { numRuns: 100 },
  );
}, 60_000);

test("a list passes over what its address has no filter for", async () => {
  const { app } = await openForms(SCOPES);
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  const query = "x[30000000]=1&__proto__=1&constructor.prototype=1&%00=1&q[4000000]=1";
  for (const list of ["activity", "monitors"]) {
    const answer = await portal.get(`${home}/${list}?${query}${"&a".repeat(3000)}`);
    expect([list, answer.status]).toEqual([list, 200]);
    expect(await answer.text()).not.toContain("cannot be read");
  }
});

/** Sign-out and its like end what the others need. */
function lastToEnd(routes: FormRoute[]): FormRoute[] {
  const ends = (route: FormRoute) => Number(/end$|sign-out$|sessions$|gone$/.test(route.path));
  return routes.toSorted((one, other) => ends(one) - ends(other));
}
