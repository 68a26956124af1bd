/**
 * A second, plain reading of the bodies that Blnk may send, without the app's code, to hold the app against: whether
 * these bytes are an event, and whether they are a launch.
 */
export function readPlainly(bytes: Uint8Array): { isEvent: boolean; isLaunch: boolean } {
  const body = parse(bytes);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { isEvent: false, isLaunch: false };
  const fields = body as Record<string, unknown>;
  const isLaunch = ["installed_app_id", "app_id", "instance_id"].every((name) => isId(fields[name]));
  return { isEvent: isLaunch && isEvent(fields), isLaunch };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

const isText = (value: unknown, most: number): value is string =>
  typeof value === "string" && value.length >= 1 && value.length <= most;
const isAbsent = (value: unknown) => value === undefined || value === null || value === "";
const isId = (value: unknown) => isText(value, 128) && /^[\w-]+$/.test(value) && !value.includes("\n");

function isEvent({
  idempotency_key,
  event,
  type,
  api_key,
  granted_permissions,
  uninstalled_at,
}: Record<string, unknown>): boolean {
  if (!isText(idempotency_key, 256) || hasControl(idempotency_key)) return false;
  if (!isAbsent(api_key) && !(isText(api_key, 512) && isVisibleAscii(api_key))) return false;
  if (!isAbsent(uninstalled_at) && !isText(uninstalled_at, 64)) return false;
  const signs = new Set<string>();
  if (/^(un)?install:/.test(idempotency_key)) signs.add(idempotency_key.split(":")[0]!);
  for (const name of [event, type]) {
    if (typeof name !== "string" || name.length > 128) continue;
    const [sign] = /(un)?install/i.exec(name.toLowerCase().replaceAll(/.*uninstall.*/gs, "uninstall")) ?? [];
    if (sign) signs.add(sign);
  }
  if (!isAbsent(api_key)) signs.add("install");
  if (!isAbsent(uninstalled_at)) signs.add("uninstall");
  if (signs.size !== 1) return false;
  return signs.has("uninstall") || (!isAbsent(api_key) && isPermissions(granted_permissions));
}

function isPermissions(value: unknown): boolean {
  return Array.isArray(value) && value.every((scope) => scope === "" || isText(scope, 128));
}

const codes = (text: string) => text.split("").map((character) => character.charCodeAt(0));
const hasControl = (text: string) => codes(text).some((code) => code < 0x20 || code === 0x7f);
const isVisibleAscii = (text: string) => codes(text).every((code) => code > 0x20 && code < 0x7f);
