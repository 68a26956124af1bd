import { parseSubmission, report, type Submission } from "@conform-to/react/future";
import { formatResult } from "@conform-to/zod/v4/future";
import { z } from "zod";

import { DomainError } from "#app/platform/errors.ts";
import { type FormFields, formFields } from "./form-fields.ts";
import { MAX_BODY_BYTES, readBytes } from "./json-body.server.ts";

/**
 * Reads a form that was sent. `refuse` is what its page is told, with what was typed.
 *
 * @throws DomainError as `readSubmission`
 */
export async function readForm<Value>(request: Request, schema: z.ZodType<Value>, maxBytes?: number) {
  const submission = await readSubmission(request, schema, maxBytes);
  const result = schema.safeParse(submission.payload);
  return {
    value: result.success ? result.data : undefined,
    refuse: (problem?: string) =>
      report(submission, {
        error: result.success
          ? { formErrors: problem ? [problem] : [], fieldErrors: {} }
          : formatResult(result),
      }),
  };
}

/**
 * Reads a form whose fields nobody types into, such as a button's.
 *
 * @throws DomainError as `readSubmission`, also when a value is not one of the page's
 */
export async function requireForm<Value>(
  request: Request,
  schema: z.ZodType<Value>,
  maxBytes?: number,
): Promise<Value> {
  const { value } = await readForm(request, schema, maxBytes);
  if (value === undefined) throw unreadableForm();
  return value;
}

/** @throws DomainError as `readSubmission`; for a form that is nothing but its button */
export async function requireEmptyForm(request: Request): Promise<void> {
  await readSubmission(request, NO_FIELDS);
}

const NO_FIELDS = z.object({});

/**
 * The one place where a form's body is parsed. Conform makes an array as long as the largest index in a name, so only
 * the names of the schema reach it.
 *
 * @throws DomainError `unsupported_media_type`, `body_too_large`, or `invalid_body` for any field that the schema does
 *   not have, or has less often
 */
export async function readSubmission(
  request: Request,
  schema: z.ZodType,
  maxBytes = MAX_BODY_BYTES,
): Promise<Submission> {
  const fields = formFields(schema);
  const body = await readBytes(request, maxBytes);
  const data = await parseBody(body, request.headers.get("content-type") ?? "", fields);
  const sent = new Map<string, number>();
  for (const [name, value] of data) {
    const times = (sent.get(name) ?? 0) + 1;
    sent.set(name, times);
    if (times > (fields.get(name)?.most ?? 0)) throw unreadableForm();
    // Core's database takes no NUL: an action that has one would fail half way.
    if (typeof value === "string" && value.includes("\0")) throw unreadableForm();
  }
  return parseSubmission(data);
}

async function parseBody(body: Uint8Array<ArrayBuffer>, type: string, fields: FormFields): Promise<FormData> {
  if (body.byteLength === 0) return new FormData();
  const all = [...fields.values()];
  const most = all.reduce((sum, field) => sum + field.most, 0);
  const takesFiles = all.some(({ isFile }) => isFile);
  const boundary = /^multipart\/form-data\s*;.*\bboundary="?([^\s";]+)"?/i.exec(type)?.[1];
  if (takesFiles && boundary !== undefined) {
    if (countOf(`--${boundary}`, body) > most + 1) throw unreadableForm();
    // Spelled anew: with two boundaries in the header the parser might take the one that was not counted.
    return await formDataOf(body, `multipart/form-data; boundary="${boundary}"`);
  }
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    throw new DomainError("unsupported_media_type", "This was not sent the way the page sends its form.");
  if (countOf("&", body) >= most) throw unreadableForm();
  return await formDataOf(body, "application/x-www-form-urlencoded");
}

async function formDataOf(body: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { "Content-Type": type } }).formData();
  } catch {
    throw unreadableForm();
  }
}

/** Counted before anything is parsed: each field costs far more memory than the byte it can be sent with. */
function countOf(separator: string, body: Uint8Array<ArrayBuffer>): number {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let count = 0;
  for (let at = bytes.indexOf(separator); at !== -1; at = bytes.indexOf(separator, at + separator.length))
    count += 1;
  return count;
}

export function unreadableForm(): DomainError {
  return new DomainError("invalid_body", "This is not the page's form. Reload the page and send it again.");
}
