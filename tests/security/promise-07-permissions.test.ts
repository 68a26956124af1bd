import { expect, test } from "vitest";

import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { sessionCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { type Scope, SCOPES } from "#app/platform/permissions/scopes.ts";
import { findLiveSession } from "#app/platform/sessions/portal-session.server.ts";
import { openWorld } from "#tests/support/open-world.ts";
import { launchToken, openBrowser } from "#tests/platform/sessions/browse.ts";

const CALLS: Record<Scope, (client: CloudClient) => Promise<unknown>> = {
  "data:read": (client) => client.ledgers.list(),
  "data:write": (client) => client.ledgers.create({ name: "Mine" }),
  "alerts:read": (client) => client.alerts.list(),
  "alerts:write": (client) => client.alerts.flag("bln_1", { description: "Low" }),
};

/** The client that a page of this session would get. */
async function clientOfSession(granted: string[]) {
  const world = await openWorld();
  await world.install({ granted_permissions: granted });
  const { token, launchId } = await launchToken(world);
  const browser = openBrowser(world);
  await browser.enter({ token });
  const admission = await browser.open(`/portal/${launchId}`);
  if (admission.kind !== "session") throw new Error(`The browser was not let in: ${admission.kind}.`);
  const client = world.cloud.client(sessionCredentials(world, admission.session));
  return { world, client, session: admission.session };
}

test.each(SCOPES)(
  "without %s the client refuses before anything is sent, though no guard was asked",
  async (scope) => {
    const { world, client } = await clientOfSession(SCOPES.filter((other) => other !== scope));
    await expect(CALLS[scope](client)).rejects.toMatchObject({ code: "missing_scope", scope });
    expect(world.standIn.journal).toEqual([]);
  },
);

test.each(SCOPES)("with %s alone its own call is sent and no other", async (scope) => {
  const { world, client } = await clientOfSession([scope]);
  for (const other of SCOPES.filter((name) => name !== scope)) {
    await expect(CALLS[other](client)).rejects.toMatchObject({ code: "missing_scope" });
  }
  expect(world.standIn.journal).toEqual([]);
  await CALLS[scope](client).catch(() => undefined);
  expect(world.standIn.journal).toHaveLength(1);
});

test.each([[["*"]], [["proxy:read", "proxy:write"]], [["DATA:READ", "data:read "]], [[]]])(
  "%j grants nothing",
  async (granted) => {
    const { world, client, session } = await clientOfSession(granted);
    expect(session.install.grantedPermissions).toEqual([]);
    for (const call of Object.values(CALLS))
      await expect(call(client)).rejects.toMatchObject({ code: "missing_scope" });
    expect(world.standIn.journal).toEqual([]);
  },
);

test("a session that ended while its page was loading sends nothing more", async () => {
  for (const end of ["uninstall", "expire"]) {
    const { world, client, session } = await clientOfSession([...SCOPES]);
    await client.ledgers.list();
    expect(world.standIn.journal).toHaveLength(1);
    if (end === "uninstall") await world.uninstall();
    else world.advance(15 * 60_000);
    await expect(client.ledgers.list()).rejects.toMatchObject({ code: "stopped" });
    expect(
      await findLiveSession(world.db, session.launchId, session.tokenHash, world.clock.now()),
    ).toBeUndefined();
    expect(world.standIn.journal).toHaveLength(1);
  }
});
