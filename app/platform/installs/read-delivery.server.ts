import type { z } from "zod";

import { InvalidBody } from "#app/platform/errors.ts";
import { type BodyRequest, readJsonBody } from "#app/platform/http/json-body.server.ts";

import { type CallbackEvent, callbackSchema } from "./callback-schema.ts";
import { type LaunchRequest, launchSchema } from "./launch-schema.ts";

/** What the URL token and the connection say of a request; nothing else is signed (contract A.6). */
export type Source = {
  source_address: string;
  /** Which of URL_SECRETS the token belongs to. */
  secret_index: number;
  /** By performance.now(). */
  arrivedAt: number;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
};

/** An authentic event and where it came from. */
export type CallbackDelivery = Source & { event: CallbackEvent };
export type LaunchDelivery = Source & { launch: LaunchRequest };

// Cloud gives a call up after 10 s, and an install's key is revoked then.
const MAX_WAIT_MS = 9000;

/** How long what arrived then may still wait before it is begun; a body that came slowly has used some of it up. */
export function waitLeft(arrivedAt: number): number {
  return arrivedAt + MAX_WAIT_MS - performance.now();
}

/** Reads a callback whose URL token was right. @throws DomainError that says what is wrong with its body. */
export async function readCallback(request: BodyRequest, source: Source): Promise<CallbackDelivery> {
  return { ...source, event: parse(callbackSchema, await readJsonBody(request)) };
}

/** The same for a launch. */
export async function readLaunch(request: BodyRequest, source: Source): Promise<LaunchDelivery> {
  return { ...source, launch: parse(launchSchema, await readJsonBody(request)) };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  // Zod's own messages may repeat what was sent; ours never do, and for the rest the path is enough.
  throw new InvalidBody(
    parsed.error.issues.map(({ path, code, message }) => ({
      path: path.join("."),
      message: code === "invalid_type" && path.length === 0 ? "must be a JSON object" : message,
    })),
  );
}
