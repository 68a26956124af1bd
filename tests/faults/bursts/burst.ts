import { Agent, request } from "node:http";

import { installBody, launchBody, uninstallBody } from "#tests/support/blnk-payloads.ts";

/** The installs whose event was answered with 200, and so must be there for ever. */
export type Acknowledged = Record<"installed" | "launched" | "uninstalled", Set<string>>;

export type Burst = {
  acknowledged: Acknowledged;
  /** How many of the events were answered with 200 so far. */
  count: () => number;
  /** Once every event was answered, or the server has gone. */
  ended: Promise<unknown>;
};

type Paths = { callback: string; launch: string };
type Sent = { kind: keyof Acknowledged; id: string; path: string; body: object };

/**
 * Sends the events of so many installs over 50 connections. Every fourth install is launched, every eighth is
 * uninstalled again, each only once what it follows was acknowledged.
 */
export function beginBurst(
  origin: string,
  paths: Paths,
  { installs, prefix }: { installs: number; prefix: string },
): Burst {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const acknowledged = {
    installed: new Set<string>(),
    launched: new Set<string>(),
    uninstalled: new Set<string>(),
  };
  let next = 0;
  const sendInTurn = async () => {
    while (next < installs) {
      next += 1;
      for (const event of eventsOf(`${prefix}_${next}`, next, paths)) {
        if ((await post(agent, origin, event)) !== 200) return;
        acknowledged[event.kind].add(event.id);
      }
    }
  };
  return {
    acknowledged,
    count: () => Object.values(acknowledged).reduce((sum, { size }) => sum + size, 0),
    // A connection that breaks is the server's end; what was not acknowledged by then does not count.
    ended: Promise.allSettled(Array.from({ length: 50 }, sendInTurn)).finally(() => agent.destroy()),
  };
}

function eventsOf(id: string, index: number, paths: Paths): Sent[] {
  const ids = { installed_app_id: id, instance_id: `inst_${id}` };
  const install = installBody({ ...ids, api_key: `blnk_key_of_${id}`, granted_permissions: [] });
  const events: Sent[] = [{ kind: "installed", id, path: paths.callback, body: install }];
  if (index % 4 === 0) events.push({ kind: "launched", id, path: paths.launch, body: launchBody(ids) });
  if (index % 8 === 0)
    events.push({ kind: "uninstalled", id, path: paths.callback, body: uninstallBody(ids) });
  return events;
}

function post(agent: Agent, origin: string, { path, body }: Sent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const sent = request(origin + path, { method: "POST", agent, headers }, (answer) => {
      answer
        .resume()
        .on("end", () => resolve(answer.statusCode))
        .on("error", reject);
    });
    sent.on("error", reject).end(text);
  });
}
