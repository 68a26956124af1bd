import type { RequestListener } from "node:http";

/**
 * A site of somebody else's: `/frame?url=` is a page with that URL in a frame, `/post?url=` one with a button that posts a
 * form to it. The URL is used as it comes: whoever attacks would not escape it for us.
 */
export const framingSite: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "https://site.invalid");
  const url = searchParams.get("url");
  const body =
    pathname === "/frame"
      ? `<iframe src="${url}" width="330" height="600"></iframe>`
      : `<form method="post" action="${url}"><button>Send</button></form>`;
  response.setHeader("Content-Type", "text/html");
  response.end(`<!doctype html><title>Somebody else's</title><link rel="icon" href="data:,"><body>${body}`);
};
