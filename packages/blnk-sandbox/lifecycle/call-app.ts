import http from "node:http";
import https from "node:https";

import { isLoopback } from "../guard.ts";
import type { Answer } from "./answer.ts";

const MAX_ANSWER_BYTES = 64 * 1024;

/** One request to a registered app, never followed elsewhere: a POST of `json`, or a GET when it is null. */
export async function callApp(
  url: string,
  { json, timeoutMs, closing }: { json: unknown; timeoutMs: number; closing: AbortSignal },
): Promise<Answer> {
  if (!isLoopback(url)) throw new Error("The sandbox calls loopback addresses only");
  const timeout = AbortSignal.timeout(timeoutMs);
  const { request } = url.startsWith("https:") ? https : http;
  const outgoing = request(url, {
    method: json === null ? "GET" : "POST",
    headers: { accept: "application/json", ...(json !== null && { "content-type": "application/json" }) },
    // A new connection each time: a kept one would turn an app's restart into a failed install.
    agent: false,
    signal: AbortSignal.any([timeout, closing]),
  });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      outgoing.on("error", reject);
      outgoing.on("response", (response) => {
        readBody(response).then((body) => {
          resolve({ outcome: "answered", status: response.statusCode ?? 0, body });
        }, reject);
      });
      outgoing.end(json === null ? undefined : JSON.stringify(json));
    });
  } catch {
    return { outcome: timeout.aborted ? "timed_out" : "unreachable" };
  } finally {
    outgoing.destroy();
  }
}

async function readBody(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString("utf8");
}
