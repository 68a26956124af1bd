import { DomainError } from "#app/platform/errors.ts";

export const MAX_BODY_BYTES = 64 * 1024;
// Blnk's payloads are flat; 64 KiB can nest 32,000 deep, which JSON.parse takes and everything after it does not.
const MAX_DEPTH = 32;

/** As much of a request as its body needs. */
export type BodyRequest = {
  headers: Pick<Headers, "get">;
  body: AsyncIterable<Uint8Array> | null;
};

/**
 * Reads a JSON body, of at most 64 KiB unless it says otherwise.
 *
 * @throws DomainError `unsupported_media_type`, `body_too_large` or `invalid_json`; nothing of the body is in the message.
 */
export async function readJsonBody(
  request: BodyRequest,
  {
    maxBytes = MAX_BODY_BYTES,
    parse = JSON.parse,
  }: { maxBytes?: number; parse?: (text: string) => unknown } = {},
): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) {
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
export async function readBytes(
  { headers, body }: BodyRequest,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new DomainError("body_too_large", `This is larger than ${maxBytes / 1024} KiB.`);
  if (Number(headers.get("content-length")) > maxBytes) throw tooLarge();
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    read.push(chunk);
  }
  return Buffer.concat(read);
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new DomainError("invalid_json", "The body is not valid UTF-8.");
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

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
