import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

import { onTestFinished } from "vitest";

import { CLOUD_FAULTS, type CloudFault } from "#tests/support/cloud-faults.ts";
import { urlOf } from "#tests/support/cloud-server.ts";

/** As a Cloud fault; `passOn` lets the request through after all. */
export type FrontFault = { name: string; answer: (socket: Socket, passOn: () => void) => void };

/** With "a refused connection", which nothing that accepts can have, all the kinds. */
export const FRONT_FAULTS: FrontFault[] = [
  ...CLOUD_FAULTS,
  { name: "slow", answer: (_socket, passOn) => void setTimeout(passOn, 1500) },
] satisfies (FrontFault | CloudFault)[];

const REQUEST = /^(?:GET|POST|PUT|PATCH|DELETE) (\S+)/;

/**
 * Stands before a good Cloud. Once `begin` was called, requests for an instance meet the fault that it has in `faults`;
 * those of others are passed on as ever.
 */
export async function startFaultyFront(cloudUrl: string, faults: ReadonlyMap<string, FrontFault>) {
  const state = { hasBegun: false, met: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let behind: Socket | undefined;
    const passOn = (chunk: Buffer) => {
      behind ??= connectBehind(socket, cloudUrl);
      behind.write(chunk);
    };
    let isPassed = true;
    socket.on("data", (chunk: Buffer) => {
      const target = REQUEST.exec(chunk.toString("latin1"))?.[1];
      // What begins no request is the rest of a body.
      const fault = target === undefined ? undefined : faultFor(target);
      if (target !== undefined) isPassed = fault === undefined;
      if (isPassed) return passOn(chunk);
      if (fault === undefined) return;
      state.met += 1;
      fault.answer(socket, () => passOn(chunk));
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      behind?.destroy();
    });
  });
  const faultFor = (target: string) => {
    const instance = new URL(target, cloudUrl).searchParams.get("instance_id") ?? "";
    return state.hasBegun ? faults.get(instance) : undefined;
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: urlOf(server),
    /** How many requests have met a fault. */
    met: () => state.met,
    begin: () => void (state.hasBegun = true),
    end: () => void (state.hasBegun = false),
  };
}

function connectBehind(socket: Socket, cloudUrl: string): Socket {
  const behind = connect(Number(new URL(cloudUrl).port), "127.0.0.1");
  behind.on("error", () => socket.destroy()).on("close", () => socket.destroy());
  behind.pipe(socket);
  return behind;
}
