import type { Switches } from "../switches.ts";
import type { Instance, Workspace } from "../workspace.ts";

/** What a handler may know: the instance that is asked about, and what the request says. */
export type Call = {
  workspace: Workspace;
  switches: Switches;
  instance: Instance;
  /** The path's `:name` parts, decoded. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** The body as text; "" when there was none. */
  body: string;
};

/** A body that is undefined stays empty; text is sent as it is. */
export type Answer = { status: number; body: unknown };

export type Need = "data:read" | "data:write" | "proxy:read" | "proxy:write" | "alerts:read" | "alerts:write";

export type Route = {
  method: string;
  path: string;
  /** The scope it asks for. */
  need: Need;
  handle: (call: Call) => Answer | Promise<Answer>;
};

export type Matched = { route: Route; params: Record<string, string> };

/** The first route of the method whose path fits, literal parts before `:name` parts as listed. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Matched | undefined {
  const parts = path.split("/");
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = matchPath(route.path.split("/"), parts);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function matchPath(pattern: string[], parts: string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, name] of pattern.entries()) {
    const part = parts[index]!;
    if (!name.startsWith(":")) {
      if (name !== part) return undefined;
    } else {
      const decoded = decode(part);
      if (decoded === undefined || decoded === "") return undefined;
      params[name.slice(1)] = decoded;
    }
  }
  return params;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
