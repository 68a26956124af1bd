import { z } from "zod";

import {
  apiBase,
  apiOrigin,
  encryptionKeys,
  frameAncestors,
  operatorPasswordHash,
  publicOrigin,
  required,
  urlSecrets,
  webhookHosts,
  wholeNumber,
} from "./env-values.server.ts";

/** Every variable that the app reads, and nothing else reads any. */
function variables(production: boolean, source: Record<string, string | undefined>) {
  return z.object({
    NODE_ENV: z.string().default("production"),
    PUBLIC_URL: z
      .string(
        required(
          "Set it to the https origin that Blnk and browsers reach, such as https://tidemark.example.com.",
        ),
      )
      .transform(publicOrigin(production)),
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
    AWS_ENDPOINT_URL_S3: z.string().transform(apiOrigin).optional(),
    AWS_REGION: z.string().optional(),
    AWS_ACCESS_KEY_ID: z.string().optional(),
    AWS_SECRET_ACCESS_KEY: z.string().optional(),
    ENCRYPTION_KEYS: z.string(required("`npm run secrets` makes one.")).transform(encryptionKeys),
    URL_SECRETS: z.string(required("`npm run secrets` makes one.")).transform(urlSecrets),
    BLNK_API_URL: z.string().default("https://api.cloud.blnkfinance.com").transform(apiBase),
    BLNK_APP_ID: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,128}$/, "must be the app id that Blnk Cloud shows (letters, digits, _ and -)")
      .optional(),
    FRAME_ANCESTORS: z
      .string()
      .default("'self' https://blnkfinance.com https://*.blnkfinance.com")
      .transform(frameAncestors(production)),
    PORTAL_SESSION_MINUTES: wholeNumber(5, 60).default(15),
    OPERATOR_PASSWORD_HASH: z.string().transform(operatorPasswordHash).optional(),
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
    WEBHOOK_HOSTS: z.string().default("").transform(webhookHosts),
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
