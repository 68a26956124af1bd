import { expect, onTestFinished, test } from "vitest";

import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { report } from "#tests/support/report.ts";
import { type Sandbox, startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { openOwn, openRecords } from "#tests/support/open-portal-records.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { type PortalRequest, portalRequests, send } from "#tests/support/portal-requests.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";

const INSTANCES = Array.from(
  { length: Number(process.env["FOREIGN_INSTALLS"] ?? 3) },
  (_, index) => `instance-${String(index).padStart(2, "0")}`,
);

type Tenant = Awaited<ReturnType<typeof openTenant>>;

test(
  "no route shows or changes anything of another install, whatever ids it is given",
  async () => {
    const { app, sandbox, tenants } = await openTenants();
    let asked = 0;
    let calls = 0;
    for (const stranger of tenants) {
      const owners = tenants.filter((tenant) => tenant !== stranger);
      const states = () => owners.map((owner) => stateOf(app, sandbox, owner));
      const before = states();
      const panel = await openPanel(app, stranger);
      sandbox.journal.clear();
      const askFor = async (owner: Tenant) => {
        const requests = portalRequests(owner.ids)
          .filter(({ path }) => path !== "end")
          .flatMap((request) => (request.method === "GET" ? [request, dataOf(request)] : [request]));
        for (const request of requests) {
          const what = `${stranger.word} asks ${request.method} ${request.path} of ${owner.word}`;
          expect([what, await panel.ask(request)]).toEqual([what, expect.not.stringContaining(owner.word)]);
        }
        asked += requests.length;
      };
      await Promise.all(owners.map(askFor));
      expect(states()).toEqual(before);
      expect(callsOfOthers(sandbox, tenants)).toEqual([]);
      calls += sandbox.journal.entries().length;
      // A session that had ended in the midst of it would have been shown nothing either.
      expect((await panel.portal.get(panel.home)).status).toBe(200);
    }
    report(
      "S4",
      `${INSTANCES.length} installs, ${asked} requests, ${calls} calls to Cloud: 0 leaks`,
      "0 leaks of 20 installs",
    );
  },
  60_000 + INSTANCES.length ** 2 * 15_000,
);

test("no route answers in another install's launch", async () => {
  const { app, sandbox, tenants } = await openTenants();
  sandbox.journal.clear();
  const [stranger, owner] = tenants as [Tenant, Tenant];
  const before = stateOf(app, sandbox, owner);
  for (const request of portalRequests(owner.ids)) {
    const asked = request.method === "GET" ? [request, dataOf(request)] : [request];
    for (const each of asked) {
      const response = await send(stranger.portal, owner.home, each);
      expect([each.path, response.status]).toEqual([each.path, 401]);
      expect((await response.text()).includes(owner.word), each.path).toBe(false);
    }
  }
  expect(stateOf(app, sandbox, owner)).toEqual(before);
  expect(sandbox.journal.entries()).toEqual([]);
}, 60_000);

test("what would be a leak is seen: an owner's own pages have the word, and its own actions change what is looked at", async () => {
  const { app, sandbox, tenants } = await openTenants();
  const [owner, other] = tenants as [Tenant, Tenant];
  const { balance, hold, ledger, identity, alert, monitor, action } = owner.ids;
  for (const path of [
    `balances/${balance}`,
    `transactions/${hold}`,
    `ledgers/${ledger}`,
    `identities/${identity}`,
    `alerts/${alert}`,
    `monitors/${monitor}`,
    `actions/${action}`,
    "monitors/export",
    "activity",
  ]) {
    const request: PortalRequest = { method: "GET", path, needs: [] };
    expect((await owner.ask(request)).includes(owner.word), path).toBe(true);
    expect((await owner.ask(dataOf(request))).includes(owner.word), `${path}.data`).toBe(true);
  }
  const before = stateOf(app, sandbox, owner);
  for (const request of portalRequests(owner.ids)) await owner.ask(request);
  const after = stateOf(app, sandbox, owner);
  for (const part of Object.keys(before) as (keyof typeof before)[])
    expect([part, after[part]]).not.toEqual([part, before[part]]);
  expect(callsOfOthers(sandbox, [{ ...owner, instanceId: other.instanceId }])).not.toEqual([]);
  report("S4 control", "an owner's own requests show its word, change its rows and call Blnk", "the same");
}, 60_000);

async function openTenants() {
  const sandbox = await startSandbox({
    instances: INSTANCES,
    switches: { queue: { d1_ms: 1, d2_ms: [1, 5], shuffle: false } },
  });
  onTestFinished(() => sandbox.close());
  const app = await startApp({ env: { BLNK_API_URL: sandbox.api } });
  const tenants: Tenant[] = [];
  for (const { id, name } of sandbox.workspace.instances) {
    tenants.push(await openTenant(app, sandbox, { instanceId: id, word: `of-the-${name}` }));
  }
  // Each has its monitor's alert by now: what changes from here on was changed by a request.
  const alertsOf = () => sandbox.workspace.instances.map(({ alerts }) => alerts.all().length);
  await expect.poll(alertsOf, { timeout: 15_000 }).toEqual(INSTANCES.map(() => 2));
  return { app, sandbox, tenants };
}

/** An install on an instance of its own, all of whose records have its word, and a panel that is open on it. */
async function openTenant(
  app: TestApp,
  sandbox: Sandbox,
  { instanceId, word }: { instanceId: string; word: string },
) {
  const ids = { installed_app_id: `instapp_${word}`, instance_id: instanceId };
  const { key, prefix } = sandbox.mintKey([...SCOPES], instanceId);
  await app.install({ ...ids, api_key: key, granted_permissions: SCOPES });
  const panel = await openPanel(app, { installedAppId: ids.installed_app_id, instanceId });
  const records = await openRecords(sandbox, instanceId, word);
  const own = await openOwn(panel.portal, panel.home, records, word);
  return {
    word,
    instanceId,
    installedAppId: ids.installed_app_id,
    keyPrefix: prefix,
    ids: { ...records, ...own },
    ...panel,
  };
}

/** A session of its own. */
async function openPanel(
  app: TestApp,
  { installedAppId, instanceId }: { installedAppId: string; instanceId: string },
) {
  const portal = openPortal(app);
  const home = await portal.enter(
    await app.launch({ installed_app_id: installedAppId, instance_id: instanceId }),
  );
  return {
    portal,
    home,
    ask: async (request: PortalRequest) => (await send(portal, home, request)).text(),
  };
}

/** The same as the page's script asks for it. */
function dataOf(request: PortalRequest): PortalRequest {
  const [path = "", query] = request.path.split("?");
  return { ...request, path: `${path}.data${query === undefined ? "" : `?${query}`}` };
}

/** All that a stranger might change: what the install has here, and its instance in Blnk. */
function stateOf(app: TestApp, sandbox: Sandbox, { installedAppId, instanceId }: Tenant) {
  const rows = (table: string, columns: string) =>
    app.rows(`select ${columns} from ${table} where installed_app_id = ? order by 1`, installedAppId);
  const { ledger, alerts } = sandbox.workspace.instances.find(({ id }) => id === instanceId)!;
  return {
    monitors: rows("monitors", "id, definition, revision, deleted_at"),
    actions: rows("actions", "id, state"),
    activity: rows("activity", "id, action, target, result"),
    precisions: rows("currency_decimals", "currency, decimals"),
    transactions: ledger.transactions.all().length,
    alerts: alerts.all().map(({ anomaly_id, status, title }) => ({ anomaly_id, status, title })),
    notes: ledger.balances.all().map(({ meta_data }) => JSON.stringify(meta_data)),
  };
}

/** Calls of a tenant's key that name another instance than its own, or none, or that Cloud refused. */
function callsOfOthers(sandbox: Sandbox, tenants: Pick<Tenant, "keyPrefix" | "instanceId">[]) {
  const instanceOf = new Map(tenants.map(({ keyPrefix, instanceId }) => [keyPrefix, instanceId]));
  return sandbox.journal.entries().filter(({ url, key_prefix, status }) => {
    const named = new URLSearchParams(url.split("?")[1]).getAll("instance_id");
    const isOwn = named.length === 1 && named[0] === instanceOf.get(key_prefix ?? "");
    return !isOwn || status === 401 || status === 403;
  });
}
