import { renderToString } from "react-dom/server";
import { type EntryContext, ServerRouter } from "react-router";

// Without one of its own, React Router's build would install a package for its default entry.
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  context: EntryContext,
) {
  headers.set("Content-Type", "text/html; charset=utf-8");
  const page = renderToString(<ServerRouter context={context} url={request.url} />);
  return new Response(`<!doctype html>${page}`, { status, headers });
}
