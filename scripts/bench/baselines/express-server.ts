import type { AddressInfo } from "node:net";

import express from "express";
import helmet from "helmet";

import { oneTransactionEach } from "./commit.ts";
import { prepareSameWork } from "./same-work.ts";

// `node express-server.ts FILE`: how such an app is usually written.
const { connection, callback } = await prepareSameWork(process.argv[2]!);
const commit = oneTransactionEach(connection);

const app = express();
app.use(helmet());
app.use(express.json({ limit: "64kb" }));
app.post("/callback", (request, response, next) => {
  commit(() => callback(request.body)).then((answer) => response.json(answer), next);
});
const server = app.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "listening", port: (server.address() as AddressInfo).port }));
});
process.once("SIGTERM", () => process.exit(0));
