import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { groupCommit } from "#scripts/bench/baselines/commit.ts";
import { prepareSameWork } from "#scripts/bench/baselines/same-work.ts";

// `node forgetful-server.ts FILE answers-early|syncs-late`: what the suites must be able to tell from the app. One answers
// before it commits, the other commits without waiting for the disk.
const [file, fault] = process.argv.slice(2);
const { connection, callback } = await prepareSameWork(file!);
if (fault === "syncs-late") {
  connection.pragma("synchronous = NORMAL");
  // A checkpoint syncs: killed right after one, it would have lost nothing.
  connection.pragma("wal_autocheckpoint = 0");
}
const commit = groupCommit(connection);

const server = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  request.on("end", () => {
    const answer = () => response.end("{}");
    const body = JSON.parse(text) as { api_key?: string };
    // It only installs, and forgets the rest.
    if (body.api_key === undefined) answer();
    else if (fault === "answers-early") {
      answer();
      setTimeout(() => void commit(() => callback(body)), 50);
    } else void commit(() => callback(body)).then(answer);
  });
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(
    `${JSON.stringify({ event: "listening", port: (server.address() as AddressInfo).port })}\n`,
  );
});
