import { type TestApp } from "./start-app.ts";
import { PUBLIC_URL } from "./test-environment.ts";

/** A browser that talks to the app over HTTP: keeps its cookies and says what browsers say. */
export function openPortal(
  app: Pick<TestApp, "request">,
  { destination = "iframe", keepsCookies = true }: { destination?: string; keepsCookies?: boolean } = {},
) {
  const jar = new Map<string, string>();

  const ask = async (path: string, init: RequestInit = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await app.request(path, {
      ...init,
      headers: {
        ...(cookie && { cookie }),
        "sec-fetch-dest": destination,
        ...(init.headers as Record<string, string>),
      },
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (set.includes("Max-Age=0")) jar.delete(name);
      else if (keepsCookies) jar.set(name, value);
    }
    return response;
  };

  return {
    jar,
    get: ask,
    post: (path: string, headers: Record<string, string> = { origin: PUBLIC_URL }, body = "") =>
      ask(path, {
        method: "POST",
        body,
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      }),
    /** Enters by a launch's URL and follows to the page; answers the portal's path. */
    async enter(path: string): Promise<string> {
      let location = path;
      for (;;) {
        const next = (await ask(location)).headers.get("location");
        if (next === null) return location;
        location = next;
      }
    },
  };
}
