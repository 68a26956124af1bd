import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { writeJson } from "./json.ts";
import type { Answer } from "./api/router.ts";

export const FAULT_KINDS = [
  "delay", // `ms`, then the usual answer
  "hang", // no answer until the client goes
  "reset", // the connection breaks before an answer
  "reset_mid_body",
  "drip", // the usual answer at one byte per `ms` (1000)
  "status", // `status`, `body` (any JSON, or text sent as it is) and `headers`
  "html", // a gateway's page, 502 unless `status`
  "truncated", // the usual answer, half of it
  "huge", // `bytes` (1 GiB) of JSON that never makes sense
  "gzip_bomb",
  "deep", // JSON nested 100,000 deep
  "garbage", // 200 and random bytes as JSON
  "rate_limited", // 429 with `retry_after` (the header's text)
] as const;

type FaultKind = (typeof FAULT_KINDS)[number];

/** What to do to matching requests. `path` is a prefix; `times` counts down, without it the fault stays. */
type Fault = {
  id: number;
  kind: FaultKind;
  method?: string | undefined;
  path?: string | undefined;
  instance_id?: string | undefined;
  key_prefix?: string | undefined;
  times?: number | undefined;
  /** Lets the request do its work first, so that only the answer is lost. */
  after_work?: boolean | undefined;
  ms?: number | undefined;
  status?: number | undefined;
  body?: unknown;
  headers?: Record<string, string> | undefined;
  bytes?: number | undefined;
  retry_after?: string | undefined;
};

/** The connection has been dealt with, or this is still to be sent. */
type Delivery = "dealt_with" | Answer;

const HUGE: number = 1024 ** 3;
const CHUNK = "0".repeat(64 * 1024);
const GATEWAY_PAGE =
  "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";

/** The faults in force, the oldest that matches a request first. */
export class Faults {
  #faults: Fault[] = [];
  #lastId = 0;

  add(fault: Omit<Fault, "id">): Fault {
    this.#lastId += 1;
    const added = { ...fault, id: this.#lastId };
    this.#faults.push(added);
    return added;
  }

  all(): readonly Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault for a request, counted as used. */
  take(method: string, url: URL, keyPrefix: string | null): Fault | undefined {
    const fault = this.#faults.find(
      (fault) =>
        (fault.method === undefined || fault.method === method) &&
        (fault.path === undefined || url.pathname.startsWith(fault.path)) &&
        (fault.instance_id === undefined || url.searchParams.get("instance_id") === fault.instance_id) &&
        (fault.key_prefix === undefined || fault.key_prefix === keyPrefix),
    );
    if (fault?.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.#faults = this.#faults.filter((other) => other !== fault);
    }
    return fault;
  }
}

/** Spoils one answer. `respond` does the request's work, at most once. */
export async function actFault(
  fault: Fault,
  response: ServerResponse,
  respond: () => Promise<Answer>,
): Promise<Delivery> {
  const done = fault.after_work === true ? await respond() : undefined;
  const usual = async () => done ?? (await respond());
  const text = async () => writeJson((await usual()).body ?? null);
  switch (fault.kind) {
    case "delay":
      await delay(fault.ms ?? 1000);
      return await usual();
    case "hang":
      return "dealt_with";
    case "reset":
      response.destroy();
      return "dealt_with";
    case "reset_mid_body":
    case "truncated":
      await sendHalf(response, await text(), fault.kind === "truncated");
      return "dealt_with";
    case "drip":
      return await stream(response, dripping(await text(), fault.ms ?? 1000));
    case "status":
      return answer(response, fault.status ?? 500, fault.headers ?? {}, bodyText(fault.body));
    case "html":
      return answer(response, fault.status ?? 502, { "content-type": "text/html" }, GATEWAY_PAGE);
    case "huge":
      return await stream(response, endless(fault.bytes ?? HUGE));
    case "gzip_bomb":
      return answer(
        response,
        200,
        { ...JSON_TYPE, "content-encoding": "gzip" },
        gzipSync(Buffer.alloc(fault.bytes ?? 256 * 1024 ** 2, "0")),
      );
    case "deep":
      return answer(response, 200, JSON_TYPE, `${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    case "garbage":
      return answer(response, 200, JSON_TYPE, randomBytes(512));
    case "rate_limited": {
      const retry = fault.retry_after === undefined ? {} : { "retry-after": fault.retry_after };
      return answer(response, 429, { ...JSON_TYPE, ...retry }, writeJson({ error: "rate limit exceeded" }));
    }
    default:
      return fault.kind satisfies never;
  }
}

const JSON_TYPE = { "content-type": "application/json" };

function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string | Buffer,
): Delivery {
  response.writeHead(status, headers).end(body);
  return "dealt_with";
}

function bodyText(body: unknown): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : writeJson(body);
}

/** Truncated ends in good order, so that only the JSON is broken; the other breaks the connection. */
async function sendHalf(response: ServerResponse, text: string, isOrderly: boolean): Promise<void> {
  const half = text.slice(0, Math.ceil(text.length / 2));
  response.writeHead(200, { ...JSON_TYPE, ...(!isOrderly && { "content-length": Buffer.byteLength(text) }) });
  await new Promise<void>((resolve) => response.write(half, () => resolve()));
  if (isOrderly) response.end();
  else response.destroy();
}

async function* dripping(text: string, ms: number): AsyncGenerator<Buffer> {
  for (const byte of Buffer.from(text)) {
    yield Buffer.of(byte);
    await delay(ms);
  }
}

function* endless(bytes: number): Generator<string> {
  yield '{"data":[';
  for (let sent = 0; sent < bytes; sent += CHUNK.length) yield CHUNK;
}

async function stream(
  response: ServerResponse,
  chunks: AsyncIterable<Buffer> | Iterable<string>,
): Promise<Delivery> {
  response.writeHead(200, JSON_TYPE);
  await pipeline(Readable.from(chunks), response).catch(() => undefined); // the client has had enough
  return "dealt_with";
}
