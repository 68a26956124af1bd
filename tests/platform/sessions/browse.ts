import { admitToPortal } from "#app/platform/sessions/admit-to-portal.server.ts";
import { enterPortal, type Entry, type EntryPass } from "#app/platform/sessions/enter-portal.server.ts";
import type { CookieSite } from "#app/platform/sessions/portal-cookies.server.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";
import type { World } from "#tests/support/open-world.ts";

/** A browser with a cookie jar, so far as sessions need one. */
export function openBrowser(
  world: World,
  { site = "embedded", keepsCookies = true }: { site?: CookieSite; keepsCookies?: boolean } = {},
) {
  const jar = new Map<string, string>();

  const request = (path: string) =>
    new Request(PUBLIC_URL + path, {
      headers: jar.size > 0 ? { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") } : {},
    });

  const keep = (entry: Entry | undefined) => {
    for (const cookie of entry?.cookies ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (cookie.includes("Max-Age=0")) jar.delete(name);
      else if (keepsCookies) jar.set(name, value);
    }
    return entry;
  };

  return {
    jar,
    request,
    enter: async (pass: EntryPass) =>
      keep(
        await enterPortal(world.db, request("/portal/enter"), pass, {
          now: world.clock.now(),
          site,
          sourceAddress: "198.51.100.7",
        }),
      ),
    open: (path: string) => admitToPortal(world, request(path), path.split("/")[2]!.split("?")[0]!),
  };
}

/** Launches the app in Cloud and answers the token of the URL that the browser gets. */
export async function launchToken(
  world: World,
  fields: object = {},
): Promise<{ token: string; launchId: string }> {
  const { portalUrl, launchId } = await world.launch(fields);
  return { token: new URL(portalUrl).searchParams.get("token")!, launchId };
}

export const codeOf = (location: string) => new URL(location, PUBLIC_URL).searchParams.get("check")!;
