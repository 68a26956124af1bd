import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { onTestFinished } from "vitest";

import { listen } from "./listen.ts";

/** How the first money call ends for us: no answer in time, a cut connection, or an answer of 503. */
export type Ambiguity = "time-out" | "cut" | "5xx";

export type Mishap = {
  first: Ambiguity;
  /** Whether Blnk does it after all once `release` is called. */
  effect: "late" | "none";
  /** What every money call after the first is answered. */
  retry: number;
};

/**
 * Stands before Cloud's API. Once `begin` is called, the first call that moves money is lost for whoever sent it, and each
 * one after it is refused; all else goes through.
 */
export async function openLateCloud(api: string) {
  let mishap: Mishap | undefined;
  let held: (() => Promise<unknown>) | undefined;
  let met = 0;
  const server = createServer((request, response) => void handle(request, response));
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method, url, headers } = request;
    const forward = () =>
      fetch(`${api}${url}`, {
        method: method!,
        headers: { authorization: headers.authorization!, "content-type": "application/json" },
        ...(body.length > 0 && { body }),
      });
    if (!mishap || !isMoney(request)) {
      const answer = await forward();
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
      return;
    }
    met += 1;
    if (met > 1) {
      response.writeHead(mishap.retry, { "content-type": "application/json" }).end('{"error":"no"}');
      return;
    }
    if (mishap.effect === "late") held = forward;
    if (mishap.first === "cut") response.destroy();
    else if (mishap.first === "5xx") response.writeHead(503).end();
  };
  const origin = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    api: origin,
    begin: (next: Mishap) => {
      [mishap, held, met] = [next, undefined, 0];
    },
    end: () => {
      mishap = undefined;
    },
    /** How many money calls came since `begin`. */
    met: () => met,
    /** Blnk does what it had not answered, if it is to. */
    release: async () => {
      await held?.();
      held = undefined;
    },
  };
}

function isMoney({ method, url = "" }: IncomingMessage): boolean {
  return method !== "GET" && /^\/proxy\/(transactions|refund-transaction)/.test(url);
}
