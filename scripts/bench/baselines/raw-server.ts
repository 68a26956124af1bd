import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { groupCommit, oneTransactionEach } from "./commit.ts";
import { prepareSameWork } from "./same-work.ts";

// `node raw-server.ts FILE transaction|group`: node:http and better-sqlite3, nothing between them.
const [file, mode] = process.argv.slice(2);
const { connection, callback, launch } = await prepareSameWork(file!);
const commit = mode === "group" ? groupCommit(connection) : oneTransactionEach(connection);

const server = createServer((request, response) => {
  const work = request.url === "/launch" ? launch : callback;
  readBody(request)
    .then((body) => commit(() => work(body)))
    .then(
      (answer) => response.setHeader("content-type", "application/json").end(JSON.stringify(answer)),
      () => response.writeHead(400).end(),
    );
});
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "listening", port: (server.address() as AddressInfo).port }));
});
process.once("SIGTERM", () => process.exit(0));

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk as string;
  return JSON.parse(text);
}
