import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

import { onTestFinished } from "vitest";

import type { FloodOutcome } from "./flood.ts";

const FLOOD = new URL("flood.ts", import.meta.url).pathname;

export type Flood = {
  /** The first three hold connections until the server cuts them; the last two send requests. */
  kind: "idle" | "slow-headers" | "slow-bodies" | "requests" | "at-once";
  count: number;
  /** `{n}` is the request's number. */
  path?: string;
  headers?: Record<string, string>;
};

/** Floods a server from a process of its own, and answers how it was borne once that is over. */
export async function flood(
  origin: string,
  { kind, count, path = "/", headers = {} }: Flood,
): Promise<FloodOutcome> {
  const child = spawn(process.execPath, [FLOOD, kind, origin, path, String(count), JSON.stringify(headers)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  return JSON.parse(await text(child.stdout)) as FloodOutcome;
}
