export const MAX_LIVE_COOKIES = 16;

const PREFIX = "__Host-p_";

export type CookieSite = "top-level" | "embedded";

function cookieName(launchId: string): string {
  return PREFIX + launchId;
}

/** Launch id → every value sent under its name: a partitioned and an unpartitioned cookie can arrive side by side. */
export function readPortalCookies(request: Request): Map<string, string[]> {
  const cookies = new Map<string, string[]>();
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const [name = "", value = ""] = pair.trim().split(/=(.*)/s);
    if (!name.startsWith(PREFIX)) continue;
    const launchId = name.slice(PREFIX.length);
    cookies.set(launchId, [...(cookies.get(launchId) ?? []), value]);
  }
  return cookies;
}

/**
 * Where the browser will use the cookie: only None + Partitioned comes back in a cross-site frame, and only Lax keeps a
 * top-level session from riding on another site's form. Undefined when a portal page has no business being loaded so.
 */
export function cookieSite(request: Request): CookieSite | undefined {
  const destination = request.headers.get("sec-fetch-dest");
  if (destination === "document") return "top-level";
  return destination === null || destination === "iframe" ? "embedded" : undefined;
}

export function setPortalCookie(launchId: string, value: string, site: CookieSite): string {
  return `${cookieName(launchId)}=${value}; ${attributes(site)}`;
}

export function expirePortalCookie(launchId: string, site: CookieSite): string {
  return `${cookieName(launchId)}=; Max-Age=0; ${attributes(site)}`;
}

function attributes(site: CookieSite): string {
  const sameSite = site === "top-level" ? "SameSite=Lax" : "SameSite=None; Partitioned";
  return `Path=/; Secure; HttpOnly; ${sameSite}`;
}
