import { isObject, parseJson, writeJson } from "../json.ts";
import type { Body } from "./body.ts";

export type Reply = { status: number; body: Body };

export type TargetOptions = { url: string; key: string; instanceId: string };

/** One instance behind a Cloud, over HTTP and with every digit kept. */
export class Target {
  readonly url: string;
  readonly key: string;
  readonly instanceId: string;

  constructor({ url, key, instanceId }: TargetOptions) {
    this.url = url;
    this.key = key;
    this.instanceId = instanceId;
  }

  get(path: string): Promise<Reply> {
    return this.send("GET", path);
  }

  post(path: string, body: unknown = {}): Promise<Reply> {
    return this.send("POST", path, writeJson(body));
  }

  put(path: string, body: unknown): Promise<Reply> {
    return this.send("PUT", path, writeJson(body));
  }

  delete(path: string): Promise<Reply> {
    return this.send("DELETE", path);
  }

  /** As written, for bodies that are no JSON; `key: ""` sends none, `instanceId: ""` leaves the parameter out. */
  async send(
    method: string,
    path: string,
    body?: string,
    { key = this.key, instanceId = this.instanceId }: { key?: string; instanceId?: string } = {},
  ): Promise<Reply> {
    const url = new URL(path, this.url);
    if (instanceId !== "") url.searchParams.set("instance_id", instanceId);
    const response = await fetch(url, {
      method,
      headers: {
        ...(key !== "" && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, body: readBody(await response.text()) };
  }
}

function readBody(text: string): Body {
  try {
    const value = parseJson(text);
    if (Array.isArray(value)) return { data: value };
    return isObject(value) ? value : {};
  } catch {
    return { text };
  }
}
