import { BlockList, isIP } from "node:net";

import { z } from "zod";

// What the value of a variable may be: each says what is wrong and how to get a good one, and never repeats the value.

export const required = (how: string) => ({ error: `is missing. ${how}` });

export function wholeNumber(least: number, most: number) {
  const words = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number(words).int(words).min(least, words).max(most, words);
}

export const publicOrigin =
  (production: boolean) =>
  (value: string, context: z.RefinementCtx): string => {
    const url = parseOrigin(value);
    if (!url)
      return refuse(
        context,
        "must be a bare origin (scheme, host, optional port) without path, query or user.",
      );
    const local = isLocalHost(url.hostname);
    if (url.protocol === "https:" && !(production && local)) return url.origin;
    if (!production && isLoopback(url.hostname)) return url.origin;
    return refuse(
      context,
      local && production
        ? "names a local or private host, which Blnk Cloud cannot reach. Use the public host name (a tunnel's, while you develop)."
        : "must start with https:// (plain http is accepted for loopback only, and not in production).",
    );
  };

export function apiOrigin(value: string, context: z.RefinementCtx): string {
  const url = parseOrigin(value);
  if (!url)
    return refuse(
      context,
      "must be a bare origin (scheme, host, optional port) without path, query or user.",
    );
  return overTls(url) ? url.origin : refuse(context, NOT_OVER_TLS);
}

/** Self-hosted Cloud may lie below a path. */
export function apiBase(value: string, context: z.RefinementCtx): string {
  const url = parseWebUrl(value);
  if (!url)
    return refuse(context, "must be a URL (scheme, host, optional port and path) without query or user.");
  return overTls(url) ? url.origin + url.pathname.replace(/\/+$/, "") : refuse(context, NOT_OVER_TLS);
}

const NOT_OVER_TLS = "must be https (plain http is accepted for loopback only): a key travels over it.";

function overTls({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || isLoopback(hostname);
}

/** Newest first: the first seals, all open. */
export function encryptionKeys(value: string, context: z.RefinementCtx): { id: string; key: Buffer }[] {
  const keys = value.split(",").map((entry) => {
    const [id = "", coded = ""] = entry.trim().split(/:(.*)/s);
    return { id, coded, key: Buffer.from(coded, "base64") };
  });
  const bad = keys.findIndex(
    ({ id, coded, key }) =>
      !/^[A-Za-z0-9_-]{1,64}$/.test(id) || key.length !== 32 || key.toString("base64") !== coded,
  );
  if (bad >= 0)
    return refuse(
      context,
      `entry ${bad + 1} is not id:base64 of exactly 32 bytes. \`npm run secrets\` makes one.`,
    );
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    return refuse(context, "names the same key id twice.");
  return keys.map(({ id, key }) => ({ id, key }));
}

export function urlSecrets(value: string, context: z.RefinementCtx): string[] {
  const secrets = value.split(",").map((secret) => secret.trim());
  const short = secrets.findIndex((secret) => secret.length < 32);
  if (short >= 0)
    return refuse(
      context,
      `entry ${short + 1} is shorter than 32 characters. \`npm run secrets\` makes one.`,
    );
  return secrets;
}

/** In the format of PHC strings; `b64:` and its base64 where a `$` would be mangled. */
export function operatorPasswordHash(value: string, context: z.RefinementCtx): string {
  const hash = value.startsWith("b64:") ? Buffer.from(value.slice(4), "base64").toString("utf8") : value;
  const costs =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}$/.exec(hash);
  if (!costs)
    return refuse(
      context,
      "is not an argon2id hash. `npm run secrets` makes one from a password; where $ is mangled, write b64: and its base64.",
    );
  const [memory, time, parallelism] = costs.slice(1).map(Number) as [number, number, number];
  // Whoever finds the log-in page can make the server pay this price.
  if (memory > 32 * 1024 || time > 4 || parallelism !== 1)
    return refuse(context, "costs too much to check: at most m=32768 (KiB), t=4, and p=1.");
  return hash;
}

export const frameAncestors =
  (production: boolean) =>
  (value: string, context: z.RefinementCtx): string => {
    const sources = value.split(" ").filter((source) => source !== "");
    if (/[;,\r\n\t]/.test(value))
      return refuse(context, "holds a ; or , or a line break: only sources separated by spaces.");
    for (const source of sources) {
      if (source === "'self'") continue;
      if (!/^https?:\/\/(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$/.test(source)) {
        return refuse(
          context,
          "holds a source that is neither 'self' nor an origin such as https://*.example.com; * alone lets anyone frame the portal.",
        );
      }
      if (production && !source.startsWith("https://"))
        return refuse(context, "holds an http source, which production refuses.");
    }
    return sources.join(" ");
  };

export function webhookHosts(value: string, context: z.RefinementCtx): string[] {
  const hosts = value
    .toLowerCase()
    .split(",")
    .map((host) => host.trim())
    .filter((host) => host !== "");
  const bad = hosts.findIndex((host) => host !== "*" && !/^([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(host));
  if (bad >= 0)
    return refuse(
      context,
      `entry ${bad + 1} is not a host name such as hooks.slack.com, nor * for any public host.`,
    );
  return hosts;
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

function parseOrigin(value: string): URL | undefined {
  const url = parseWebUrl(value);
  return url?.pathname === "/" ? url : undefined;
}

function parseWebUrl(value: string): URL | undefined {
  const url = URL.parse(value);
  return url && ["http:", "https:"].includes(url.protocol) && !/[?#@\\]/.test(value) ? url : undefined;
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

const LOCAL_NETWORKS = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["224.0.0.0", 3],
] as const)
  LOCAL_NETWORKS.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  LOCAL_NETWORKS.addSubnet(network, prefix, "ipv6");
}

function isLocalHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const family = isIP(host);
  // An IPv4-mapped IPv6 address is judged by its IPv4 rules: BlockList does that.
  if (family > 0) return LOCAL_NETWORKS.check(host, family === 4 ? "ipv4" : "ipv6");
  return !host.includes(".") || /(^|\.)(localhost|local|internal|lan|home|intranet)$/.test(host);
}
