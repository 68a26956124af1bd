import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";

import { urlOf } from "#tests/support/cloud-server.ts";
import { onTestFinished } from "vitest";

/** Something wrong with the other side, on the wire. `answer` gets the socket once a request has arrived. */
export type CloudFault = { name: string; answer: (socket: Socket) => void };

function reply(status: string, body: string | Buffer = "", headers = "content-type: application/json\r\n") {
  return (socket: Socket) => {
    socket.write(`HTTP/1.1 ${status}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n`);
    socket.write(body);
  };
}

/** The kinds of fault that Cloud, or what stands before it, can have. */
export const CLOUD_FAULTS: CloudFault[] = [
  { name: "reset before the answer", answer: (socket) => socket.resetAndDestroy() },
  {
    name: "reset mid-body",
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"data":[');
      setTimeout(() => socket.resetAndDestroy(), 5);
    },
  },
  { name: "hang", answer: () => undefined },
  {
    name: "one byte a second",
    answer: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
      const drip = setInterval(() => socket.write(" "), 1_000);
      socket.on("close", () => clearInterval(drip));
    },
  },
  { name: "HTML", answer: reply("200 OK", "<!doctype html><h1>Log in</h1>", "content-type: text/html\r\n") },
  { name: "truncated JSON", answer: reply("200 OK", '{"data":[{"balance_id":"bln_1"') },
  {
    name: "a gigabyte",
    answer: (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${2 ** 30}\r\n\r\n`);
      const block = Buffer.alloc(64 * 1024, 0x20);
      const pour = () => {
        while (!socket.destroyed && socket.write(block));
      };
      socket.on("drain", pour);
      pour();
    },
  },
  {
    name: "gzip bomb",
    answer: reply("200 OK", gzipSync(Buffer.alloc(64 * 1024 * 1024)), "content-encoding: gzip\r\n"),
  },
  { name: "too deep", answer: reply("200 OK", "[".repeat(30_000) + "]".repeat(30_000)) },
  { name: "wrong types", answer: reply("200 OK", '{"data":{"balance_id":[{}]},"total":{}}') },
  { name: "not UTF-8", answer: reply("200 OK", Buffer.from([0x22, 0xff, 0xfe, 0x22])) },
  { name: "204", answer: (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n") },
  { name: "redirect", answer: reply("302 Found", "", "location: http://127.0.0.1:9/steal\r\n") },
  { name: "401", answer: reply("401 Unauthorized", '{"error":"x"}') },
  { name: "403", answer: reply("403 Forbidden", '{"error":"x"}') },
  {
    name: "404 as text",
    answer: reply("404 Not Found", "404 page not found", "content-type: text/plain\r\n"),
  },
  { name: "409", answer: reply("409 Conflict", '{"error":"x"}') },
  { name: "423", answer: reply("423 Locked", '{"error":"x"}') },
  {
    name: "429 with an odd Retry-After",
    answer: reply("429 Too Many Requests", "", "retry-after: -1, soon\r\n"),
  },
  { name: "500 empty", answer: reply("500 Internal Server Error") },
  {
    name: "502 HTML",
    answer: reply("502 Bad Gateway", "<h1>Bad gateway</h1>", "content-type: text/html\r\n"),
  },
  { name: "503", answer: reply("503 Service Unavailable", '{"error":"x"}', "retry-after: 0\r\n") },
  { name: "not HTTP", answer: (socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n") },
];

/** A server with one fault; counts the requests it got. */
export async function startFaultyServer(fault: CloudFault) {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      if (!/^(GET|POST|PUT|DELETE) /.test(chunk.toString("latin1"))) return;
      requests += 1;
      fault.answer(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: urlOf(server), requestCount: () => requests };
}
