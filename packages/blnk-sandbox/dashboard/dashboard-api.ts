import type { IncomingMessage } from "node:http";
import { z } from "zod";

import { LifecycleError } from "../lifecycle/lifecycle-error.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import { manifestSchema, PERMISSIONS } from "../lifecycle/manifest.ts";
import { readBody } from "../read-body.ts";

/** The routes are listed in README.md. Errors are `{"error":{"code","message"}}`. */
export type Reply = { status: number; body: unknown };

const grantSchema = z.object({
  app_id: z.string(),
  instance_id: z.string(),
  granted_permissions: z.array(z.string()).transform((scopes) => [...new Set(scopes)]),
});
const launchSchema = z.object({ instance_id: z.string().optional(), user_id: z.string().optional() });

const MAX_BODY_BYTES = 64 * 1024;
const STATUS: Record<LifecycleError["code"], number> = {
  invalid: 400,
  unknown: 404,
  forbidden: 403,
  conflict: 409,
  unreachable: 422,
};

export async function answerApi(lifecycle: Lifecycle, request: IncomingMessage, url: URL): Promise<Reply> {
  try {
    const body = request.method === "POST" ? await readJson(request) : undefined;
    return await route(lifecycle, `${request.method} ${url.pathname}`, url, body);
  } catch (error) {
    if (error instanceof LifecycleError) return failure(STATUS[error.code], error.code, error.message);
    if (error instanceof z.ZodError) return failure(400, "invalid", words(error));
    throw error;
  }
}

async function route(lifecycle: Lifecycle, call: string, url: URL, body: unknown): Promise<Reply> {
  switch (call) {
    case "GET /api/state":
      return { status: 200, body: readState(lifecycle) };
    case "GET /api/events":
      return { status: 200, body: { events: lifecycle.events.list(Number(url.searchParams.get("after"))) } };
    case "POST /api/apps":
      return { status: 201, body: await lifecycle.registerApp(manifestSchema.parse(body)) };
    case "POST /api/installs": {
      const install = await lifecycle.install(grantSchema.parse(body));
      return install.state === "active" ? { status: 201, body: install } : refusedByApp(install.failure);
    }
    default:
      return routeInstall(lifecycle, call, body);
  }
}

async function routeInstall(lifecycle: Lifecycle, call: string, body: unknown): Promise<Reply> {
  const [, id, verb] = /^POST \/api\/installs\/([\w-]+)\/(launch|uninstall)$/.exec(call) ?? [];
  if (id === undefined) return failure(404, "unknown", "There is no such route.");
  if (verb === "launch") {
    const launch = await lifecycle.launch(id, launchSchema.parse(body));
    return "portal_url" in launch ? { status: 200, body: launch } : refusedByApp(launch.failure);
  }
  const install = await lifecycle.uninstall(id);
  return install.state === "uninstalled" ? { status: 200, body: install } : refusedByApp(install.failure);
}

function readState(lifecycle: Lifecycle) {
  const { organization_id, name, instances } = lifecycle.workspace;
  return {
    organization: { id: organization_id, name },
    instances: instances.map((instance) => ({ id: instance.id, name: instance.name })),
    permissions: PERMISSIONS,
    apps: lifecycle.apps(),
    installs: lifecycle.installs(),
  };
}

function refusedByApp(words: string | null): Reply {
  return failure(502, "app_failed", words ?? "the app failed");
}

function words(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}

function failure(status: number, code: string, message: string): Reply {
  return { status, body: { error: { code, message } } };
}

/** An absent body counts as `{}`. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request, MAX_BODY_BYTES);
  if (text === undefined) throw new LifecycleError("invalid", "The body is larger than 64 KiB.");
  try {
    return JSON.parse(text || "{}") as unknown;
  } catch {
    throw new LifecycleError("invalid", "The body is not JSON.");
  }
}
