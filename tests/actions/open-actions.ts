import { onTestFinished } from "vitest";

import { setActionLimit } from "#app/actions/limits/action-limits.server.ts";
import { findAction, moveActions, resumeConfirming } from "#app/actions/actions.server.ts";
import { createActionConfirmation } from "#app/actions/create-action-confirmation.server.ts";
import type { ActionRequest } from "#app/actions/plan-action.server.ts";
import { prepareAction } from "#app/actions/prepare-action.server.ts";
import { startAction } from "#app/actions/start-action.server.ts";
import { createCloud } from "#app/platform/blnk/cloud.server.ts";
import { sessionCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { findLiveSession, type PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import { mintSecret } from "#app/platform/sessions/secrets.server.ts";
import { openSandbox } from "#tests/support/open-sandbox.ts";
import { openWorld } from "#tests/support/open-world.ts";
import { jobContext } from "#tests/support/job-context.ts";

const ALL = ["data:read", "data:write", "alerts:read", "alerts:write"];

/** An install on a sandbox with two funded wallets, and a session of somebody who acts on them. */
export async function openActions({
  callMs,
  through = (api) => api,
}: {
  callMs?: number;
  /** What stands between Tidemark and the sandbox's API. */
  through?: (api: string) => string | Promise<string>;
} = {}) {
  const { sandbox, client, openWallets, post } = await openSandbox();
  const world = await openWorld();
  const apiUrl = await through(sandbox.api);
  const cloud = createCloud({ apiUrl, retryMs: 1, breakAfter: 100, ...(callMs !== undefined && { callMs }) });
  onTestFinished(() => cloud.close());
  const platform = { ...world, cloud };
  const [payer, payee] = (await openWallets(2)) as [string, string];
  await post(payer, 100_00n);

  await world.install({ instance_id: sandbox.instanceId, api_key: sandbox.apiKey, granted_permissions: ALL });
  const proven = { proven_at: world.clock.now() };
  await world.db.write((tx) => tx.updateTable("install_keys").set(proven).execute());
  const openSession = async (installed_app_id = "instapp_1"): Promise<PortalSession> => {
    await world.launch({ installed_app_id, instance_id: sandbox.instanceId });
    const { launch_id } = await world.db.read
      .selectFrom("launches")
      .select("launch_id")
      .where("launch_id", "not in", (eb) => eb.selectFrom("sessions").select("launch_id"))
      .executeTakeFirstOrThrow();
    const row = { token_hash: mintSecret(8), launch_id, created_at: world.clock.now(), source_address: "x" };
    await world.db.write((tx) => tx.insertInto("sessions").values(row).execute());
    return (await findLiveSession(world.db, launch_id, row.token_hash, world.clock.now()))!;
  };
  const session = await openSession();
  const sessionClient = cloud.client(sessionCredentials(platform, session));
  const confirmLater = createActionConfirmation(platform, { waitMs: 200 });

  const prepared = async (request: ActionRequest, more?: { formKey?: string; reason?: string }) => {
    const outcome = await prepare(request, more);
    if (outcome.kind === "refused") throw new Error(outcome.problem);
    return outcome.actionId;
  };
  /** Runs the job that looks for an action's outcome; answers when it is to run again. */
  const confirm = async (id: string) => {
    const job = { id: 1, kind: "confirm_action", attempts: 1, created_at: 0, payload: { action_id: id } };
    const { installed_app_id, generation } = session.install;
    return (await confirmLater({ ...job, installed_app_id, generation }, jobContext()))?.due_at;
  };
  const prepare = (request: ActionRequest, { formKey = mintSecret(16), reason = "because" } = {}) =>
    prepareAction(platform, sessionClient, session, request, { formKey, reason, assume: () => 100n });
  const actionOf = async (id: string) => (await findAction(world.db.read, "instapp_1", id))!;
  const start = async (id: string, by = session) => {
    await startAction(platform, by, id, { patienceMs: 20_000, waitMs: 500 });
    return await actionOf(id);
  };

  /** A re-install under another id, and what follows when its key is proven. */
  const receiveAgain = async (installed_app_id: string) => {
    const { instance_id } = session.install;
    await world.install({ installed_app_id, instance_id, api_key: "blnk_next", granted_permissions: ALL });
    await world.db.write(async (tx) => {
      await moveActions(tx, "instapp_1", installed_app_id);
      await resumeConfirming(tx, { installed_app_id, generation: 1 }, world.clock.now());
    });
  };

  return {
    sandbox,
    platform,
    client,
    /** To Cloud, as the page of this session would. */
    sessionClient,
    ...world,
    post,
    payer,
    payee,
    session,
    openSession,
    /** A hold of so much from the payer to the payee. */
    hold: (amount: bigint) => post(payee, amount, { source: payer, inflight: true, allow_overdraft: false }),
    prepare,
    /** Prepares it, which must work, and answers its id. */
    prepared,
    start,
    actionOf,
    confirm,
    receiveAgain,
    limit: (per_action: string | null, per_day: string | null) =>
      world.db.write((tx) =>
        setActionLimit(tx, sandbox.instanceId, { currency: "USD", per_action, per_day }),
      ),
    balanceOf: async (id: string) => (await client.balances.get(id)).balance,
    calls: (method: string, path: string) =>
      sandbox.journal.entries().filter((entry) => entry.method === method && entry.url.startsWith(path)),
    activity: () =>
      world.db.read
        .selectFrom("activity")
        .select(["action", "target", "result", "launch_id"])
        .where("launch_id", "is not", null)
        .where("action", "not in", ["portal.launched"])
        .orderBy("id")
        .execute(),
  };
}
