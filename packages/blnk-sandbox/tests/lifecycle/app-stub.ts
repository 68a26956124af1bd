import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

import type { ManifestInput } from "../../lifecycle/manifest.ts";

import { listen } from "./listen.ts";

type StubAnswer = {
  status?: number;
  body?: unknown;
  location?: string;
  afterMs?: number;
  /** Answers nothing at all. */
  hang?: boolean;
};
type Received = { method: string; path: string; type: string | undefined; body: Body };

const bodySchema = z.record(z.string(), z.unknown());
type Body = z.output<typeof bodySchema>;

/** A small app on loopback that answers as it is told and keeps what it was asked. */
export async function startAppStub() {
  const received: Received[] = [];
  const answers: { callback: (call: Received) => StubAnswer; launch: (call: Received) => StubAnswer } = {
    callback: () => ({ body: { ok: true } }),
    launch: () => ({ body: { portal_url: `${origin}/portal/enter?token=stub-token` } }),
  };
  const origin = await listen((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const call: Received = {
        method: request.method!,
        path: request.url!,
        type: request.headers["content-type"],
        body: bodySchema.parse(JSON.parse(Buffer.concat(chunks).toString() || "{}")),
      };
      received.push(call);
      const answer = call.path === "/callback" ? answers.callback(call) : answers.launch(call);
      if (answer.hang) return;
      await sleep(answer.afterMs ?? 0);
      response.writeHead(answer.status ?? 200, {
        "content-type": "application/json",
        ...(answer.location !== undefined && { location: answer.location }),
      });
      response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
    })().catch(() => response.destroy());
  });
  return {
    origin,
    received,
    answers,
    /** The bodies POSTed to the callback URL, in order. */
    callbacks: () =>
      received.filter((it) => it.method === "POST" && it.path === "/callback").map((it) => it.body),
  };
}

export function manifestOf(origin: string, change: Record<string, unknown> = {}): ManifestInput {
  return {
    display_name: "Stub",
    description: "Answers as it is told",
    logo_url: "",
    developer_name: "Tests",
    registration_callback_url: `${origin}/callback`,
    portal_generator_url: `${origin}/launch`,
    permissions: ["data:read", "data:write", "alerts:read", "alerts:write"],
    launch_access: ["everyone"],
    ...change,
  };
}
