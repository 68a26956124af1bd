import { z } from "zod";

import { blnkId, optionalId } from "./blnk-payload.ts";

const signal = z.string().max(128).nullish().catch(undefined);

const envelope = z.object({
  installed_app_id: blnkId,
  app_id: blnkId,
  instance_id: blnkId,
  organization_id: optionalId,
  idempotency_key: z
    .string("must be a string")
    // oxlint-disable-next-line no-control-regex -- NUL and its kin survive JSON and confuse what reads the row later
    .regex(/^[^\u0000-\u001f\u007f]{1,256}$/, "must be 1 to 256 characters without control characters"),
  event: signal,
  type: signal,
  // Empty is absent, as in what an uninstall need not have.
  api_key: z
    .string("must be a string")
    .regex(/^[\x21-\x7e]{0,512}$/, "must be 1 to 512 visible ASCII characters")
    .nullish(),
  granted_permissions: z.unknown().optional(),
  // Only told apart from others, never read as a time: an uninstall that is refused could never be completed in Cloud.
  uninstalled_at: z.string("must be a string").max(64, "must be at most 64 characters").nullish(),
});

/** Only an install's are read. Unknown ones are kept; the body's size bounds how many. */
const permissions = z
  .array(
    z.string("must be a string").max(128, "must be at most 128 characters"),
    "must be an array of strings",
  )
  .transform((scopes) => scopes.filter((scope) => scope !== ""));

type Envelope = z.output<typeof envelope>;

type Common = Pick<
  Envelope,
  "installed_app_id" | "app_id" | "instance_id" | "organization_id" | "idempotency_key"
>;

export type InstallEvent = Common & { kind: "install"; api_key: string; granted_permissions: string[] };
type UninstallEvent = Common & { kind: "uninstall"; uninstalled_at: string | null };
export type CallbackEvent = InstallEvent | UninstallEvent;

/**
 * The one body that Blnk posts for both events. It carries no event type: the prefix of the idempotency key decides, and
 * every other signal that is there must agree with it (contract A.3).
 */
export const callbackSchema = envelope.transform((body, context): CallbackEvent => {
  const refuse = (field: keyof Envelope, message: string): never => {
    context.addIssue({ code: "custom", path: [field], message });
    return z.NEVER;
  };
  const signals: CallbackEvent["kind"][] = [
    fromPrefix(body.idempotency_key),
    fromName(body.event),
    fromName(body.type),
    body.api_key ? ("install" as const) : undefined,
    body.uninstalled_at ? ("uninstall" as const) : undefined,
  ].filter((kind) => kind !== undefined);
  const [kind] = signals;
  if (!kind) return refuse("idempotency_key", "says neither install nor uninstall, and no other field does");
  if (signals.some((other) => other !== kind)) {
    return refuse(
      "idempotency_key",
      "and the other fields disagree on whether this is an install or an uninstall",
    );
  }
  const common = {
    installed_app_id: body.installed_app_id,
    app_id: body.app_id,
    instance_id: body.instance_id,
    organization_id: body.organization_id,
    idempotency_key: body.idempotency_key,
  };
  if (kind === "uninstall") return { ...common, kind, uninstalled_at: body.uninstalled_at || null };
  if (!body.api_key) return refuse("api_key", "is missing");
  const granted = permissions.safeParse(body.granted_permissions);
  if (granted.success) return { ...common, kind, api_key: body.api_key, granted_permissions: granted.data };
  for (const { path, message } of granted.error.issues)
    context.addIssue({ code: "custom", path: ["granted_permissions", ...path], message });
  return z.NEVER;
});

function fromPrefix(idempotencyKey: string): CallbackEvent["kind"] | undefined {
  if (idempotencyKey.startsWith("install:")) return "install";
  return idempotencyKey.startsWith("uninstall:") ? "uninstall" : undefined;
}

function fromName(name: string | null | undefined): CallbackEvent["kind"] | undefined {
  if (/uninstall/i.test(name ?? "")) return "uninstall";
  return /install/i.test(name ?? "") ? "install" : undefined;
}
