import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { createRequestListener } from "@react-router/node";
import type { ServerBuild } from "react-router";

// `node bare-server.ts BUILD`: the least that serves a page with React Router.
const build = (await import(process.argv[2]!)) as ServerBuild;
const server = createServer(createRequestListener({ build, mode: "production" }));
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "listening", port: (server.address() as AddressInfo).port }));
});
process.once("SIGTERM", () => process.exit(0));
