import { join } from "node:path";

import SqliteDatabase from "better-sqlite3";
import { onTestFinished } from "vitest";

import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { openRecords } from "#tests/support/open-portal-records.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { PUBLIC_URL, temporaryDirectory } from "#tests/support/test-environment.ts";
import { startServerProcess } from "#tests/support/start-server-process.ts";

import { AS_SHIPPED } from "../as-shipped.ts";
import { type FrontFault, startFaultyFront } from "./faulty-front.ts";

export type Instance = { id: string; records: Awaited<ReturnType<typeof openRecords>> };

export type FaultyWorld = Awaited<ReturnType<typeof startFaultyWorld>>;

/** The app before a Cloud with an instance that is always well and one for each fault, and records in all of them. */
export async function startFaultyWorld(faults: FrontFault[], env: Record<string, string>) {
  const sandbox = await startSandbox({
    instances: ["good", ...faults.map(({ name }) => name)],
    switches: { queue: { d1_ms: 1, d2_ms: [1, 5], shuffle: false } },
  });
  onTestFinished(() => sandbox.close());
  const instances: Instance[] = [];
  for (const { id } of sandbox.workspace.instances)
    instances.push({ id, records: await openRecords(sandbox, id, "Wallet") });
  const [good, ...faulty] = instances as [Instance, ...Instance[]];
  const front = await startFaultyFront(sandbox.api, new Map(faulty.map(({ id }, at) => [id, faults[at]!])));
  const directory = temporaryDirectory();
  const server = await startServerProcess(directory, {
    BLNK_API_URL: front.url,
    LOG_LEVEL: "warn",
    ...AS_SHIPPED,
    ...env,
  });
  let installs = 0;
  return {
    sandbox,
    server,
    front,
    good,
    faulty,
    /** A new install on the instance, and a panel that is open on it. */
    open: async ({ id: instance_id }: Instance) => {
      installs += 1;
      const ids = { installed_app_id: `instapp_${installs}`, instance_id };
      const { key } = sandbox.mintKey([...SCOPES], instance_id);
      await server.install({ ...ids, api_key: key, granted_permissions: SCOPES });
      const launched = (await (await server.launch(ids)).json()) as { portal_url: string };
      const portal = openPortal(server);
      const home = await portal.enter(launched.portal_url.slice(PUBLIC_URL.length));
      return { portal, home, installedAppId: ids.installed_app_id };
    },
    rows: <Row>(sql: string): Row[] => {
      const db = new SqliteDatabase(join(directory, "tidemark.db"), { readonly: true });
      try {
        return db.prepare(sql).all() as Row[];
      } finally {
        db.close();
      }
    },
  };
}
