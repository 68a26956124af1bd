import { BlockList, isIP } from "node:net";

import { z } from "zod";

export type Env = z.output<ReturnType<typeof schema>>;

/**
 * Reads the environment once. Throws an `EnvError` that names every bad or missing variable, says what is wrong with it
 * and how to get a good one, and never repeats a value.
 */
export function readEnv(source: NodeJS.ProcessEnv): Env {
  const known = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const production = (known.NODE_ENV ?? "production") === "production";
  if (known.PUBLIC_URL === undefined && known.FLY_APP_NAME !== undefined) {
    known.PUBLIC_URL = `https://${known.FLY_APP_NAME}.fly.dev`;
  }
  const parsed = schema(production, known).safeParse(known);
  if (parsed.success) return parsed.data;
  throw new EnvError(
    parsed.error.issues.map((issue) => ({ variable: issue.path.join("."), problem: issue.message })),
  );
}

export class EnvError extends Error {
  override readonly name = "EnvError";
  readonly problems: { variable: string; problem: string }[];

  constructor(problems: { variable: string; problem: string }[]) {
    super(problems.map(({ variable, problem }) => `${variable}: ${problem}`).join("\n"));
    this.problems = problems;
  }
}

const required = (how: string) => ({ error: `is missing. ${how}` });

function schema(production: boolean, source: Record<string, string | undefined>) {
  return z.object({
    NODE_ENV: z.string().default("production"),
    PUBLIC_URL: z
      .string(
        required(
          "Set it to the https origin that Blnk and browsers reach, such as https://tidemark.example.com.",
        ),
      )
      .transform((value, context) => publicOrigin(value, production, context)),
    PORT: z.coerce.number("must be a port number").int().min(0).max(65_535).default(3000),
    HOST: z.string().default("0.0.0.0"),
    DATABASE_URL: z
      .string()
      .regex(/^file:.*[^/]$/, "must be a file: path such as file:./data/tidemark.db")
      .default("file:./data/tidemark.db"),
    ENCRYPTION_KEYS: z
      .string(required("`npm run secrets` makes one."))
      .transform((value, context) => encryptionKeys(value, context)),
    URL_SECRETS: z
      .string(required("`npm run secrets` makes one."))
      .transform((value, context) => urlSecrets(value, context)),
    BLNK_API_URL: z
      .string()
      .default("https://api.cloud.blnkfinance.com")
      .transform((value, context) => apiOrigin(value, context)),
    BLNK_APP_ID: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,128}$/, "must be the app id that Blnk Cloud shows (letters, digits, _ and -)")
      .optional(),
    FRAME_ANCESTORS: z
      .string()
      .default("'self' https://blnkfinance.com https://*.blnkfinance.com")
      .transform((value, context) => frameAncestors(value, production, context)),
    PORTAL_SESSION_MINUTES: z.coerce.number("must be a number of minutes").int().min(5).max(60).default(15),
    TRUST_PROXY: z
      .enum(["none", "fly"], "must be none or fly")
      .default("none")
      .refine(
        (value) => value !== "fly" || source.FLY_MACHINE_ID !== undefined,
        "is fly, but this is no Fly machine (FLY_MACHINE_ID is not set), so anyone could forge the address. Use none.",
      ),
    MONITOR_INTERVAL_SECONDS: z.coerce
      .number("must be a number of seconds")
      .int()
      .min(1)
      .max(3600)
      .default(60),
    WEBHOOK_HOSTS: z
      .string()
      .default("")
      .transform((value, context) => webhookHosts(value, context)),
    HEARTBEAT_URL: z
      .url({ protocol: /^https?$/, error: "must be an http or https URL that may be called with GET" })
      .optional(),
    LOG_LEVEL: z
      .enum(
        ["fatal", "error", "warn", "info", "debug", "silent"],
        "must be fatal, error, warn, info, debug or silent",
      )
      .default("info"),
  });
}

function publicOrigin(value: string, production: boolean, context: z.RefinementCtx): string {
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
}

function apiOrigin(value: string, context: z.RefinementCtx): string {
  const url = parseOrigin(value);
  if (!url)
    return refuse(
      context,
      "must be a bare origin (scheme, host, optional port) without path, query or user.",
    );
  if (url.protocol === "https:" || isLoopback(url.hostname)) return url.origin;
  return refuse(
    context,
    "must be https (plain http is accepted for loopback only): the bearer key travels over it.",
  );
}

/** Newest first: the first seals, all open. */
function encryptionKeys(value: string, context: z.RefinementCtx): { id: string; key: Buffer }[] {
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

function urlSecrets(value: string, context: z.RefinementCtx): string[] {
  const secrets = value.split(",").map((secret) => secret.trim());
  const short = secrets.findIndex((secret) => secret.length < 32);
  if (short >= 0)
    return refuse(
      context,
      `entry ${short + 1} is shorter than 32 characters. \`npm run secrets\` makes one.`,
    );
  return secrets;
}

function frameAncestors(value: string, production: boolean, context: z.RefinementCtx): string {
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
}

function webhookHosts(value: string, context: z.RefinementCtx): string[] {
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
  const url = URL.parse(value);
  if (!url || !["http:", "https:"].includes(url.protocol)) return undefined;
  const bare = url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
  return bare && !/[?#@\\]/.test(value) ? url : undefined;
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
