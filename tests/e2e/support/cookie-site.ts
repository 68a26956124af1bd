import type { RequestListener } from "node:http";

/** Sets one plain and one partitioned cookie and shows those that came back: what the browser of these tests keeps. */
export const cookieSite: RequestListener = (request, response) => {
  response.writeHead(
    200,
    [
      ["Content-Type", "text/html"],
      ["Set-Cookie", "__Host-plain=1; Path=/; Secure; SameSite=None"],
      ["Set-Cookie", "__Host-partitioned=1; Path=/; Secure; SameSite=None; Partitioned"],
    ].flat(),
  );
  response.end(
    `<!doctype html><title>Cookies</title><link rel="icon" href="data:,"><body>Kept: ${request.headers.cookie ?? "nothing"}`,
  );
};
