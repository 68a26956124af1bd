import { CALLBACK_PATH, LAUNCH_PATH, PUBLIC_URL } from "./app-server.ts";

const SCOPES = ["data:read", "data:write", "alerts:read", "alerts:write"];

export type PortalSession = { origin: string; home: string; cookie: string };

type Ids = { installed_app_id: string; app_id: string; instance_id: string };

/** Installs the app on an instance of Blnk, by the callback that Cloud would send. */
export async function install(
  origin: string,
  { instance_id, api_key }: { instance_id: string; api_key: string },
): Promise<Ids> {
  const ids = { installed_app_id: `instapp_${instance_id}`, app_id: "app_bench", instance_id };
  const event = { ...ids, api_key, granted_permissions: SCOPES };
  await post(origin + CALLBACK_PATH, { ...event, idempotency_key: `install:${ids.installed_app_id}` });
  return ids;
}

/** Launches it, and enters the portal as a browser does. */
export async function enterPortal(origin: string, ids: Ids): Promise<PortalSession> {
  const launched = await post(origin + LAUNCH_PATH, ids);
  const { portal_url } = (await launched.json()) as { portal_url: string };
  const entered = await fetch(origin + portal_url.slice(PUBLIC_URL.length), {
    redirect: "manual",
    headers: { "sec-fetch-dest": "document" },
  });
  const cookie = entered.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  const { pathname } = new URL(entered.headers.get("location")!, PUBLIC_URL);
  return { origin, home: pathname, cookie };
}

export async function importMonitors(
  { origin, home, cookie }: PortalSession,
  monitors: object[],
): Promise<void> {
  const headers = { cookie, origin: PUBLIC_URL, "sec-fetch-site": "same-origin" };
  const imported = await post(`${origin}${home}/monitors/import`, { monitors }, headers);
  const { errors } = (await imported.json()) as { errors: object[] };
  if (errors.length > 0) throw new Error(`Monitors were refused: ${JSON.stringify(errors.slice(0, 3))}`);
}

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`${new URL(url).pathname.split("/")[2]} was answered with ${response.status}.`);
  return response;
}
