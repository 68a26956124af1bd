import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** As much of Blnk Cloud as proves a key: every read finds nothing. */
export async function startQuietCloud(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_request, response) =>
    response.setHeader("content-type", "application/json").end('{"data":[],"total":0}'),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
