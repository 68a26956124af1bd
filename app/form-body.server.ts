import { DomainError } from "./errors.ts";
import { bodyOf, MAX_BODY_BYTES, readBytes } from "./json-body.server.ts";

/**
 * Reads a form, which `request.formData()` would take of any size into memory.
 *
 * @throws DomainError `body_too_large`, or `invalid_body` for what is no form.
 */
export async function readFormData(request: Request, maxBytes = MAX_BODY_BYTES): Promise<FormData> {
  const body = await readBytes(bodyOf(request), maxBytes);
  const headers = { "Content-Type": request.headers.get("content-type") ?? "" };
  try {
    return await new Response(body, { headers }).formData();
  } catch {
    throw new DomainError("invalid_body", "This is not a form as browsers send it.");
  }
}
