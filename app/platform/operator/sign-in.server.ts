import { z } from "zod";

import type { Clock } from "#app/platform/clock.ts";
import type { Log } from "#app/platform/http/log.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";
import type { Database } from "#db/database.server.ts";

import { recordOperatorAction } from "./operator-actions.server.ts";
import { startOperatorSession } from "./operator-session.server.ts";
import type { PasswordCheck, PasswordVerdict } from "./password-check.server.ts";

/** The console as it is switched on by OPERATOR_PASSWORD_HASH. */
export type OperatorConsole = PasswordCheck & { mark: string };

export type SignIn = { kind: "signed_in"; cookie: string } | Exclude<PasswordVerdict, { kind: "right" }>;

/**
 * Reads the log-in form and opens a session. What fails leaves a line in the log and no row, so that guessing does not
 * fill the disk.
 *
 * @throws DomainError as `requireForm`
 */
export async function signIn(
  { db, clock, log }: { db: Database; clock: Clock; log: Log },
  { check, mark }: OperatorConsole,
  request: Request,
  { id, address }: { id: string; address: string },
): Promise<SignIn> {
  const { password } = await requireForm(request, signInSchema, MAX_FORM_BYTES);
  const verdict = await check(password, address);
  if (verdict.kind !== "right") {
    log.warn({ event: "operator_refused", request_id: id, address, reason: verdict.kind }, "no log-in");
    return verdict;
  }
  const cookie = await db.write(async (tx) => {
    const now = clock.now();
    const entry = { action: "signed in", target: null, result: "done", source_address: address };
    await recordOperatorAction(tx, entry, now);
    return await startOperatorSession(tx, { mark, address }, now);
  });
  return { kind: "signed_in", cookie };
}

const MAX_FORM_BYTES = 4096;
const signInSchema = z.object({ password: z.string().default("") });
