import { seenVersion } from "#app/portal/alerts/change-alert.server.ts";
import type { Sandbox } from "blnk-sandbox/start-sandbox.ts";

import type { openPortal } from "./portal-browser.ts";
import type { PortalIds } from "./portal-requests.ts";
import { PUBLIC_URL } from "./test-environment.ts";

/** One record of each kind in an instance, all of which have the word somewhere in their text. */
export async function openRecords(sandbox: Sandbox, instanceId: string, word: string) {
  const { key } = sandbox.mintKey(undefined, instanceId);
  const ask = async (path: string, body: object) => {
    const answer = await fetch(`${sandbox.api}${path}?instance_id=${instanceId}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  const { ledger_id } = await ask("/proxy/ledgers", { name: word });
  const { identity_id } = await ask("/proxy/identities", { first_name: word, identity_type: "individual" });
  const openWallet = async () => {
    const wallet = { ledger_id, identity_id, currency: "USD", meta_data: { name: word } };
    return (await ask("/proxy/balances", wallet))["balance_id"]!;
  };
  const [balance, otherBalance] = [await openWallet(), await openWallet()];
  const move = async (source: string, destination: string, more: object) => {
    const units = { precise_amount: 100_00, precision: 100, currency: "USD", skip_queue: true };
    const reference = `${word}-${crypto.randomUUID()}`;
    const row = { source, destination, reference, description: word, ...units, ...more };
    return (await ask("/proxy/transactions", row))["transaction_id"]!;
  };
  const payment = await move("@World", balance, { allow_overdraft: true });
  const hold = await move(balance, otherBalance, { precise_amount: 60_00, inflight: true });
  const { alerts } = sandbox.workspace.instances.find(({ id }) => id === instanceId)!;
  const { anomaly_id, status } = alerts.flag("Balance", balance, word, word);
  return {
    balance,
    otherBalance,
    payment,
    hold,
    ledger: ledger_id!,
    identity: identity_id!,
    alert: anomaly_id,
    alertSeen: seenVersion({ status, title: word, description: word }),
  };
}

/** A monitor and a prepared action of the install whose session this is, named and given reason by the word. */
export async function openOwn(
  portal: ReturnType<typeof openPortal>,
  home: string,
  { balance, hold }: Pick<PortalIds, "balance" | "hold">,
  word: string,
) {
  const send = async (path: string, form: Record<string, string>) => {
    const body = new URLSearchParams(form).toString();
    const answer = await portal.post(`${home}/${path}`, { origin: PUBLIC_URL }, body);
    const location = answer.headers.get("location");
    if (!location) throw new Error(`${path} made nothing.`);
    return location.split("/").at(-1)!;
  };
  const monitor = await send("monitors/new", {
    do: "save",
    form: "balance_threshold",
    name: word,
    severity: "critical",
    "select.balance_id": balance,
    "condition.field": "balance",
    "condition.operator": "<",
    "condition.value": "1000.00",
    "condition.precision": "100",
    "condition.per": "balance",
  });
  const form = { formKey: "o".repeat(22), reason: word, amount: "0.50" };
  return { monitor, action: await send(`transactions/${hold}/commit`, form) };
}
