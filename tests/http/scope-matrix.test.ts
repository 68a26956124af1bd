import { expect, onTestFinished, test } from "vitest";

import { type Scope, SCOPES } from "#app/platform/permissions/scopes.ts";
import { startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { isKeyProof } from "#tests/support/is-key-proof.ts";
import { openOwn, openRecords } from "#tests/support/open-portal-records.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { type PortalRequest, portalRequests, send } from "#tests/support/portal-requests.ts";
import { startApp } from "#tests/support/start-app.ts";
import { wordsOf } from "#tests/support/words-of.ts";

/** All subsets of the four scopes, the empty one too. */
const SUBSETS = Array.from({ length: 2 ** SCOPES.length }, (_, bits) =>
  SCOPES.filter((_scope, index) => bits & (1 << index)),
);

test.each(SUBSETS.map((granted) => [granted.join(", ") || "nothing", granted] as const))(
  "with %s granted every page works, names what is missing and asks for no more",
  async (_name, granted) => {
    const { visitAll, calls } = await openWorld(granted);
    expect((await visitAll()).flatMap((answer) => problemsOf(answer, granted))).toEqual([]);
    expect(calls().filter(({ scope }) => !granted.includes(scope))).toEqual([]);
    expect(calls().filter(({ status }) => status === 401 || status === 403)).toEqual([]);
  },
  60_000,
);

test("an app that is bound by no scope would be seen, by its calls and by its pages", async () => {
  const { visitAll, calls } = await openWorld([...SCOPES]);
  const answers = await visitAll();
  expect(new Set(calls().map(({ scope }) => scope))).toEqual(new Set(SCOPES));
  const wrong = answers.filter((answer) => problemsOf(answer, []).length > 0);
  expect(wrong.length).toBeGreaterThan(answers.length / 2);
});

type Answer = { request: PortalRequest; status: number; words: string };

/** A panel of an install that was granted this much, and that has a monitor and an action from when it had all. */
async function openWorld(granted: Scope[]) {
  const sandbox = await startSandbox({ switches: { queue: { d1_ms: 1, d2_ms: [1, 5], shuffle: false } } });
  onTestFinished(() => sandbox.close());
  const app = await startApp({ env: { BLNK_API_URL: sandbox.api } });
  const instance = { instance_id: sandbox.instanceId };
  const install = async (scopes: Scope[]) => {
    const key = sandbox.mintKey(scopes);
    await app.install({ ...instance, api_key: key.key, granted_permissions: scopes });
    const portal = openPortal(app);
    return { key, portal, home: await portal.enter(await app.launch(instance)) };
  };
  const records = await openRecords(sandbox, sandbox.instanceId, "Wallet");
  const before = await install([...SCOPES]);
  const own = await openOwn(before.portal, before.home, records, "Wallet");
  const { portal, home } = await install(granted);
  // As Cloud would: else it is the newer key that looks forged.
  before.key.state = "revoked";
  const ask = async (request: PortalRequest) => {
    const response = await send(portal, home, request);
    return {
      status: response.status,
      location: response.headers.get("location"),
      words: wordsOf(await response.text()),
    };
  };
  return {
    visitAll: async () => {
      sandbox.journal.clear();
      const answers: Answer[] = [];
      for (const request of portalRequests({ ...records, ...own })) {
        const { location, ...answer } = await ask(request);
        answers.push({ request, ...answer });
        // What a form prepared is confirmed, too.
        if (!location?.startsWith(`${home}/actions/`)) continue;
        const confirm: PortalRequest = {
          method: "POST",
          path: location.slice(home.length + 1),
          needs: request.needs,
        };
        answers.push({ request: confirm, ...(await ask(confirm)) });
      }
      return answers;
    },
    calls: () =>
      sandbox.journal
        .entries()
        .filter((call) => !isKeyProof(call))
        .map(({ method, url, status }) => ({ method, url, status, scope: scopeOf(method, url) })),
  };
}

/** By contract B and F, not by the app's own word. */
function scopeOf(method: string, url: string): Scope {
  const family = url.startsWith("/alerts") ? "alerts" : "data";
  const reads = method === "GET" || !/^\/(alerts|proxy)/.test(url);
  return `${family}:${reads ? "read" : "write"}`;
}

/** A page is there without a permission and says in place what it needs; a file and an action are refused, and say why. */
function problemsOf({ request, status, words }: Answer, granted: readonly Scope[]): string[] {
  const { method, path, needs, controls = [], status: usual } = request;
  const missing = needs.filter((scope) => !granted.includes(scope));
  const isPage = method === "GET" && !path.includes(".csv");
  const problems = [];
  if (missing.length > 0 && !isPage) {
    if (status !== 403) problems.push(`is answered with ${status}`);
    if (!missing.some((scope) => words.includes(scope))) problems.push("does not say why it is refused");
  } else {
    const isUsual = usual ? status === usual : status < 400 && (status === 200 || method === "POST");
    if (!isUsual) problems.push(`is answered with ${status}`);
    const named = missing.length > 0 ? missing : controls.filter((scope) => !granted.includes(scope));
    for (const scope of named)
      if (!words.includes(`needs ${scope}`)) problems.push(`does not say: needs ${scope}`);
  }
  if (words.includes("could not be shown")) problems.push("is an error page");
  return problems.map((problem) => `${method} ${path} ${problem}`);
}
