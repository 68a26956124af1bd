import { createWriteStream, openAsBlob } from "node:fs";
import { pipeline } from "node:stream/promises";

import { AwsClient } from "aws4fetch";

import type { Env } from "#app/platform/http/env.server.ts";

const FOLDER = "backups/";
const LIST_TIMEOUT_MS = 30_000;
const COPY_TIMEOUT_MS = 30 * 60_000;

type BucketEnv = Pick<
  Env,
  "BUCKET_NAME" | "AWS_ENDPOINT_URL_S3" | "AWS_REGION" | "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY"
>;

/**
 * Copies of backups in an S3-compatible bucket, by their names. Each function throws when the bucket does not do it, or
 * once `signal` is aborted.
 */
export type Bucket = {
  /** `sha256` is the content's, in hex: the bucket refuses what arrives otherwise. */
  put(name: string, file: string, sha256: string, signal?: AbortSignal): Promise<void>;
  get(name: string, file: string): Promise<void>;
  /** The oldest first. */
  list(signal?: AbortSignal): Promise<string[]>;
  remove(name: string, signal?: AbortSignal): Promise<void>;
};

/** The bucket that the environment names, if it does. */
export function openBucket(env: BucketEnv): Bucket | undefined {
  const { BUCKET_NAME, AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = env;
  if (!BUCKET_NAME || !AWS_ENDPOINT_URL_S3 || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  const client = new AwsClient({
    service: "s3",
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_REGION !== undefined && { region: AWS_REGION }),
  });
  const root = `${AWS_ENDPOINT_URL_S3}/${encodeURIComponent(BUCKET_NAME)}/`;

  const send = async (
    url: string,
    init: RequestInit,
    timeout: number,
    signal?: AbortSignal,
  ): Promise<Response> => {
    const request = await client.sign(url, init);
    const ends = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
    const response = await fetch(request, { redirect: "error", signal: AbortSignal.any(ends) });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new Error(`The bucket answered ${init.method} with ${response.status}.`);
  };

  return {
    async put(name, file, sha256, signal) {
      // A Blob of a file is read as it is sent, and says its length, which S3 asks for.
      const body = await openAsBlob(file);
      const headers = { "X-Amz-Content-Sha256": sha256 };
      await send(root + FOLDER + name, { method: "PUT", headers, body }, COPY_TIMEOUT_MS, signal);
    },
    async get(name, file) {
      const response = await send(root + FOLDER + name, { method: "GET" }, COPY_TIMEOUT_MS);
      await pipeline(response.body!, createWriteStream(file, { flags: "wx", flush: true }));
    },
    async list(signal) {
      const names: string[] = [];
      let token: string | undefined;
      do {
        const query = new URLSearchParams({ "list-type": "2", prefix: FOLDER });
        if (token !== undefined) query.set("continuation-token", token);
        const xml = await (await send(`${root}?${query}`, { method: "GET" }, LIST_TIMEOUT_MS, signal)).text();
        // Our own names need no XML entities; anything else in the folder is not ours.
        for (const [, key] of xml.matchAll(/<Key>([\w./-]+)<\/Key>/g)) names.push(key!.slice(FOLDER.length));
        token = /<NextContinuationToken>([^<]+)</.exec(xml)?.[1];
      } while (token !== undefined);
      return names.sort();
    },
    async remove(name, signal) {
      await send(root + FOLDER + name, { method: "DELETE" }, LIST_TIMEOUT_MS, signal);
    },
  };
}
