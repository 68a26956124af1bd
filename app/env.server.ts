import { BlockList, isIP } from "node:net";

import { z } from "zod";

export type Env = z.output<ReturnType<typeof schema>>;

/**
 * Reads the environment once. Throws an `EnvError` that names every bad or missing variable, says what is wrong with it
 * and how to get a good one, and never repeats a value.
 */
export function readEnv(source: NodeJS.ProcessEnv): Env {
  const { known, production } = prepare(source);
  return orThrow(schema(production, known).safeParse(known));
}

/** The same for a command that needs only some variables: it does not ask for the others. */
export function readEnvPart<Name extends keyof Env>(
  source: NodeJS.ProcessEnv,
  names: readonly Name[],
): Pick<Env, Name> {
  const { known, production } = prepare(source);
  const { shape } = variables(production, known);
  const part = z.object(Object.fromEntries(names.map((name) => [name, shape[name]])));
  return orThrow(part.safeParse(known)) as unknown as Pick<Env, Name>;
}

function prepare(source: NodeJS.ProcessEnv): { known: NodeJS.Dict<string>; production: boolean } {
  const known = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  if (known.PUBLIC_URL === undefined && known.FLY_APP_NAME !== undefined) {
    known.PUBLIC_URL = `https://${known.FLY_APP_NAME}.fly.dev`;
  }
  return { known, production: (known.NODE_ENV ?? "production") === "production" };
}

function orThrow<T>(parsed: z.ZodSafeParseResult<T>): T {
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
  return variables(production, source).superRefine((env, context) => {
    if (env.BUCKET_NAME === undefined) return;
    for (const name of ["AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const) {
      if (env[name] === undefined) {
        const message = "is missing. BUCKET_NAME goes with it; unset both for no copies in a bucket.";
        context.addIssue({ code: "custom", path: [name], message });
      }
    }
  });
}

function wholeNumber(least: number, most: number) {
  const words = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number(words).int(words).min(least, words).max(most, words);
}

function variables(production: boolean, source: Record<string, string | undefined>) {
  return z.object({
    NODE_ENV: z.string().default("production"),
    PUBLIC_URL: z
      .string(
        required(
          "Set it to the https origin that Blnk and browsers reach, such as https://tidemark.example.com.",
        ),
      )
      .transform((value, context) => publicOrigin(value, production, context)),
    PORT: wholeNumber(0, 65_535).default(3000),
    HOST: z.string().default("0.0.0.0"),
    DATABASE_URL: z
      .string()
      .regex(/^file:.*[^/]$/, "must be a file: path such as file:./data/tidemark.db")
      .default("file:./data/tidemark.db"),
    BACKUP_INTERVAL_HOURS: wholeNumber(0, 168).default(24),
    BACKUPS_KEPT: wholeNumber(1, 1000).default(7),
    // The names that Fly's `fly storage create` and the tools for S3 use.
    BUCKET_NAME: z.string().optional(),
    AWS_ENDPOINT_URL_S3: z
      .string()
      .transform((value, context) => apiOrigin(value, context))
      .optional(),
    AWS_REGION: z.string().optional(),
    AWS_ACCESS_KEY_ID: z.string().optional(),
    AWS_SECRET_ACCESS_KEY: z.string().optional(),
    ENCRYPTION_KEYS: z
      .string(required("`npm run secrets` makes one."))
      .transform((value, context) => encryptionKeys(value, context)),
    URL_SECRETS: z
      .string(required("`npm run secrets` makes one."))
      .transform((value, context) => urlSecrets(value, context)),
    BLNK_API_URL: z
      .string()
      .default("https://api.cloud.blnkfinance.com")
      .transform((value, context) => apiBase(value, context)),
    BLNK_APP_ID: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,128}$/, "must be the app id that Blnk Cloud shows (letters, digits, _ and -)")
      .optional(),
    FRAME_ANCESTORS: z
      .string()
      .default("'self' https://blnkfinance.com https://*.blnkfinance.com")
      .transform((value, context) => frameAncestors(value, production, context)),
    PORTAL_SESSION_MINUTES: wholeNumber(5, 60).default(15),
    OPERATOR_PASSWORD_HASH: z
      .string()
      .transform((value, context) => operatorPasswordHash(value, context))
      .optional(),
    TRUST_PROXY: z
      .enum(["none", "fly"], "must be none or fly")
      .default("none")
      .refine(
        (value) => value !== "fly" || source.FLY_MACHINE_ID !== undefined,
        "is fly, but this is no Fly machine (FLY_MACHINE_ID is not set), so anyone could forge the address. Use none.",
      ),
    METRICS_PORT: wholeNumber(0, 65_535).optional(),
    METRICS_HOST: z.string().default("127.0.0.1"),
    MONITOR_INTERVAL_SECONDS: wholeNumber(1, 3600).default(60),
    WEBHOOK_HOSTS: z
      .string()
      .default("")
      .transform((value, context) => webhookHosts(value, context)),
    HEARTBEAT_URL: z
      .url({ protocol: /^https?$/, error: "must be an http or https URL that may be called with GET" })
      .optional(),
    LOG_LEVEL: z
      .enum(
        ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
        "must be fatal, error, warn, info, debug, trace or silent",
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
  return overTls(url) ? url.origin : refuse(context, NOT_OVER_TLS);
}

/** Self-hosted Cloud may lie below a path. */
function apiBase(value: string, context: z.RefinementCtx): string {
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

/** In the format of PHC strings; `b64:` and its base64 where a `$` would be mangled. */
function operatorPasswordHash(value: string, context: z.RefinementCtx): string {
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
