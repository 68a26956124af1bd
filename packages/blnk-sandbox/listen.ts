import { once } from "node:events";
import { type RequestListener, createServer } from "node:http";

type Listening = { origin: string; close(): Promise<void> };

/** Serves on 127.0.0.1, on a free port unless one is given. Closing does not wait for open connections. */
export async function listen(handler: RequestListener, port = 0): Promise<Listening> {
  const server = createServer(handler);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP address was expected");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
