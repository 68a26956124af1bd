import { randomBytes } from "node:crypto";

import { openOwn } from "#tests/support/open-portal-records.ts";
import { type PortalRequest, portalRequests, send } from "#tests/support/portal-requests.ts";

import type { FaultyWorld, Instance } from "./faulty-world.ts";

export type CallSite = {
  request: PortalRequest;
  /** Answers the page that it led to. */
  visit: () => Promise<Response>;
};

/** Every request of the portal that asks Cloud for something, each by an install of its own: breakers are per install. */
export async function openCallSites(world: FaultyWorld, instance: Instance): Promise<CallSite[]> {
  const own = { monitor: "MONITOR", action: "ACTION" };
  const requests = portalRequests({ ...instance.records, ...own }).filter(({ needs }) => needs.length > 0);
  return await Promise.all([
    ...requests.map((request) => openRequest(world, instance, request)),
    ...moneyActions(instance).map((prepare) => openConfirmation(world, instance, prepare)),
  ]);
}

async function openRequest(
  world: FaultyWorld,
  instance: Instance,
  request: PortalRequest,
): Promise<CallSite> {
  const { portal, home } = await world.open(instance);
  let { path } = request;
  if (/MONITOR|ACTION/.test(path)) {
    const own = await openOwn(portal, home, instance.records, "Wallet");
    path = path.replace("MONITOR", own.monitor).replace("ACTION", own.action);
  }
  const form = request.form && {
    ...request.form,
    ...("formKey" in request.form && { formKey: newFormKey() }),
  };
  return { request, visit: () => sendAndFollow(portal, home, { ...request, path, ...(form && { form }) }) };
}

/** The second step of a money action: the first was taken while Cloud was well. */
async function openConfirmation(
  world: FaultyWorld,
  instance: Instance,
  { path, form }: { path: string; form: Record<string, string> },
): Promise<CallSite> {
  const { portal, home } = await world.open(instance);
  const prepare: PortalRequest = {
    method: "POST",
    path,
    form: { ...form, formKey: newFormKey() },
    needs: [],
  };
  const action = (await send(portal, home, prepare)).headers.get("location")?.split("/").at(-1);
  if (action === undefined) throw new Error(`${path} prepared nothing.`);
  const confirm: PortalRequest = { method: "POST", path: `actions/${action}`, needs: ["data:write"] };
  return {
    request: { ...confirm, path: `${path}, confirmed` },
    visit: () => sendAndFollow(portal, home, confirm),
  };
}

function moneyActions({ records: { balance, otherBalance, hold, payment } }: Instance) {
  const form = { reason: "because" };
  return [
    { path: `transactions/${hold}/commit`, form: { ...form, amount: "1.00" } },
    { path: `transactions/${hold}/void`, form },
    { path: `transactions/${payment}/refund`, form },
    { path: "adjustment", form: { ...form, amount: "1.00", from: balance, to: otherBalance } },
  ];
}

async function sendAndFollow(...[portal, home, request]: Parameters<typeof send>): Promise<Response> {
  const response = await send(portal, home, request);
  const next = response.headers.get("location");
  return next === null ? response : await portal.get(next);
}

/** As a form makes one. */
function newFormKey(): string {
  return randomBytes(16).toString("base64url");
}
