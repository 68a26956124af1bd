import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { z } from "zod";
import type { ApiParts } from "../api/api-server.ts";
import { FAULT_KINDS } from "../faults.ts";
import { findRefusal } from "../guard.ts";
import { writeJson } from "../json.ts";
import type { ApiKey } from "../keyring.ts";
import { findImbalances } from "../ledger/find-imbalances.ts";
import { readBody } from "../read-body.ts";
import { seedDemo } from "../seed/demo.ts";
import { seedScale } from "../seed/scale.ts";
import type { Instance } from "../workspace.ts";
import { changeSwitches } from "./change-switches.ts";

type ControlParts = ApiParts & { mintKey(scopes?: string[], instanceId?: string): ApiKey };

type Reply = { status: number; body: unknown };

type Action = (parts: ControlParts, body: unknown, query: URLSearchParams) => Reply;

const ROOT = "/__sandbox";
const LARGEST_BODY = 1024 * 1024;

const queueSchema = z.strictObject({
  action: z.enum(["pause", "resume", "drain", "fail"]),
  instance_id: z.string().optional(),
  count: z.int().positive().default(1),
});
const keySchema = z.strictObject({
  instance_id: z.string().optional(),
  scopes: z.array(z.string()).optional(),
});
const keyChangeSchema = z.strictObject({
  api_key: z.string().optional(),
  installed_app_id: z.string().optional(),
  state: z.enum(["pending", "active", "revoked"]).optional(),
  scopes: z.array(z.string()).optional(),
});
const faultSchema = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  method: z.string().optional(),
  path: z.string().optional(),
  instance_id: z.string().optional(),
  key_prefix: z.string().optional(),
  times: z.int().positive().optional(),
  after_work: z.boolean().optional(),
  ms: z.number().nonnegative().optional(),
  status: z.int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  bytes: z.int().positive().optional(),
  retry_after: z.string().optional(),
});
const clockSchema = z.strictObject({
  advance_ms: z.number().nonnegative(),
  instance_id: z.string().optional(),
});
const seedSchema = z.strictObject({
  instance_id: z.string().optional(),
  demo_days: z.int().positive().max(365).optional(),
  scale: z.int().positive().max(1_000_000).optional(),
});

/** A refusal of the control API, in the words of its one reader: whoever writes the test. */
class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const ACTIONS: Record<string, Action> = {
  "GET /state": (parts) => ok(describe(parts)),
  "GET /switches": ({ switches }) => ok(switches),
  "PATCH /switches": ({ switches }, body) => {
    const problem = changeSwitches(switches, body);
    if (problem !== undefined) throw new ControlError(400, problem);
    return ok(switches);
  },
  "GET /faults": ({ faults }) => ok({ faults: faults.all() }),
  "POST /faults": ({ faults }, body) => ({ status: 201, body: faults.add(faultSchema.parse(body)) }),
  "DELETE /faults": ({ faults }) => ok(faults.clear()),
  "GET /journal": ({ journal }, _body, query) => {
    const since = Number(query.get("since") ?? 0);
    return ok({ entries: journal.entries().filter((entry) => entry.at >= since) });
  },
  "DELETE /journal": ({ journal }) => ok(journal.clear()),
  "POST /queue": (parts, body) => {
    const { action, count, instance_id } = queueSchema.parse(body);
    for (const { ledger } of instancesOf(parts, instance_id)) {
      if (action === "fail") ledger.queue.loseOutcomes(count);
      else ledger.queue[action]();
    }
    return ok(describe(parts));
  },
  "POST /keys": (parts, body) => {
    const { scopes, instance_id } = keySchema.parse(body);
    if (instance_id !== undefined) instancesOf(parts, instance_id);
    const { key, ...minted } = parts.mintKey(scopes, instance_id);
    return { status: 201, body: { api_key: key, ...minted } };
  },
  "PATCH /keys": ({ keyring }, body) => {
    const { api_key, installed_app_id, state, scopes } = keyChangeSchema.parse(body);
    const named = api_key === undefined ? undefined : keyring.find(api_key);
    const keys = named ? [named] : installed_app_id === undefined ? [] : keyring.ofInstall(installed_app_id);
    if (keys.length === 0) throw new ControlError(404, "no such key");
    for (const key of keys)
      Object.assign(key, state !== undefined && { state }, scopes !== undefined && { scopes });
    return ok({ changed: keys.length });
  },
  "POST /clock": (parts, body) => {
    const { advance_ms, instance_id } = clockSchema.parse(body);
    for (const { ledger } of instancesOf(parts, instance_id)) {
      ledger.clock.advance(advance_ms);
      ledger.queue.wake();
    }
    return ok(describe(parts));
  },
  "POST /seed": (parts, body) => {
    const { instance_id, demo_days, scale } = seedSchema.parse(body);
    const [instance] = instancesOf(parts, instance_id ?? parts.workspace.instances[0]!.id);
    if (demo_days !== undefined) seedDemo(parts.workspace, instance!, demo_days, Date.now());
    if (scale !== undefined) seedScale(instance!.ledger, scale);
    return ok(describe(parts));
  },
};

/** The sandbox's levers, for tests: README.md lists them. */
export function createControl(parts: ControlParts): RequestListener {
  return (request, response) => {
    answer(parts, request).then(
      ({ status, body }) => send(response, status, body),
      (error: unknown) => {
        console.error(error);
        send(response, 500, { error: "the sandbox failed" });
      },
    );
  };
}

async function answer(parts: ControlParts, request: IncomingMessage): Promise<Reply> {
  const refusal = findRefusal(request);
  if (refusal !== undefined) return { status: refusal.status, body: { error: refusal.message } };
  const url = URL.parse(request.url ?? "/", "http://sandbox");
  if (url === null) return { status: 400, body: { error: "bad path" } };
  const name = `${request.method} ${url.pathname.replace(ROOT, "")}`;
  const action =
    url.pathname.startsWith(`${ROOT}/`) && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) return { status: 404, body: { error: "not found" } };
  try {
    const text = await readBody(request, LARGEST_BODY);
    return action(parts, text === "" ? {} : JSON.parse(text ?? ""), url.searchParams);
  } catch (error) {
    if (error instanceof ControlError) return { status: error.status, body: { error: error.message } };
    if (error instanceof SyntaxError) return { status: 400, body: { error: "not JSON" } };
    if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    throw error;
  }
}

function describe({ workspace, faults }: ControlParts): unknown {
  return {
    organization_id: workspace.organization_id,
    instances: workspace.instances.map(({ id, name, ledger, alerts }) => ({
      instance_id: id,
      name,
      ledgers: ledger.ledgers.all().length,
      balances: ledger.balances.all().length,
      transactions: ledger.transactions.all().length,
      identities: ledger.identities.all().length,
      alerts: alerts.all().length,
      queue: { waiting: ledger.queue.waiting, paused: ledger.queue.isPaused },
      imbalances: findImbalances(ledger),
    })),
    faults: faults.all().length,
  };
}

function instancesOf({ workspace }: ControlParts, id: string | undefined): Instance[] {
  if (id === undefined) return workspace.instances;
  const found = workspace.instances.filter((instance) => instance.id === id);
  if (found.length === 0) throw new ControlError(404, "no such instance");
  return found;
}

function ok(body: unknown): Reply {
  return { status: 200, body: body ?? { ok: true } };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(writeJson(body));
}
