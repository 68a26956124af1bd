import type { z } from "zod";

import { InvalidBody } from "#app/errors.ts";
import { readJsonBody } from "#app/json-body.server.ts";

import { type CallbackEvent, callbackSchema } from "./callback-schema.ts";
import { type LaunchRequest, launchSchema } from "./launch-schema.ts";

/** An authentic event and where it came from. */
export type CallbackDelivery = Delivery & { event: CallbackEvent };
export type LaunchDelivery = Delivery & { launch: LaunchRequest };

type Delivery = { source_address: string; secret_index: number; arrivedAt: number; signal: AbortSignal };

/** What the URL token and the connection say of a request; nothing else is signed (contract A.6). */
export type Source = { address: string; arrivedAt: number; secretIndex: number };

// Cloud gives a call up after 10 s, and an install's key is revoked then.
const MAX_WAIT_MS = 9000;

/** How long what arrived then may still wait before it is begun; a body that came slowly has used some of it up. */
export function waitLeft(arrivedAt: number): number {
  return arrivedAt + MAX_WAIT_MS - performance.now();
}

/** Reads the body of a callback whose URL token was right. @throws DomainError that says what is wrong with it. */
export async function authenticateCallback(request: Request, source: Source): Promise<CallbackDelivery> {
  return { ...deliveryOf(request, source), event: parse(callbackSchema, await readJsonBody(request)) };
}

/** The same for a launch. */
export async function authenticateLaunch(request: Request, source: Source): Promise<LaunchDelivery> {
  return { ...deliveryOf(request, source), launch: parse(launchSchema, await readJsonBody(request)) };
}

function deliveryOf(request: Request, { address, arrivedAt, secretIndex }: Source): Delivery {
  return { source_address: address, secret_index: secretIndex, arrivedAt, signal: request.signal };
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
