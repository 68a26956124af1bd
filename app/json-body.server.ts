import { DomainError } from "./errors.ts";

export const MAX_BODY_BYTES = 64 * 1024;
// Blnk's payloads are flat; 64 KiB can nest 32,000 deep, which JSON.parse takes and everything after it does not.
const MAX_DEPTH = 32;

/**
 * Reads a JSON request body, of at most 64 KiB unless it says otherwise.
 *
 * @throws DomainError `unsupported_media_type`, `body_too_large` or `invalid_json`; nothing of the body is in the message.
 */
export async function readJsonBody(
  request: Request,
  {
    maxBytes = MAX_BODY_BYTES,
    parse = JSON.parse,
  }: { maxBytes?: number; parse?: (text: string) => unknown } = {},
): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new DomainError("unsupported_media_type", "Send the body as application/json.");
  }
  const text = decode(await readBytes(request, maxBytes));
  if (nestsDeeperThan(text, MAX_DEPTH))
    throw new DomainError("invalid_json", `The body nests deeper than ${MAX_DEPTH} levels.`);
  try {
    return parse(text);
  } catch {
    // JSON.parse quotes the text in its message; that may hold a key.
    throw new DomainError("invalid_json", "The body is not valid JSON.");
  }
}

/** @throws DomainError `body_too_large` as soon as there is more than `maxBytes` of it. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new DomainError("body_too_large", `This is larger than ${maxBytes / 1024} KiB.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new DomainError("invalid_json", "The body is not valid UTF-8.");
  }
}

function nestsDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === BACKSLASH) index += 1;
      else if (character === QUOTE) inString = false;
    } else if (character === QUOTE) inString = true;
    else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      depth += 1;
      if (depth > limit) return true;
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) depth -= 1;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
