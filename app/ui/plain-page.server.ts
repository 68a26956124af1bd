import { app } from "#app/app.ts";

import stylesheet from "./theme.css?url";

export type PlainPage = {
  status: number;
  title: string;
  text: string;
  link?: { href: string; label: string; newTab?: boolean };
  headers?: HeadersInit;
};

/**
 * A page that needs no script: for people whose session ended or whose browser blocks cookies, and for what is not
 * there. Nothing of the request is in it but a link that the caller made.
 */
export function plainPage({ status, title, text, link, headers }: PlainPage): Response {
  const target = link?.newTab ? ' target="_blank" rel="noopener"' : "";
  const action = link
    ? `<p><a class="plain-action" href="${escape(link.href)}"${target}>${escape(link.label)}</a></p>`
    : "";
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>${escape(title)} · ${app.name}</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="${stylesheet}">
</head>
<body class="plain-page">
<main>
<img src="/favicon.svg" alt="">
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
${action}
</main>
</body>
</html>
`;
  const response = new Response(html, { status, ...(headers && { headers }) });
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  return response;
}

export function notFoundPage(): Response {
  return plainPage({ status: 404, title: "Not found", text: "There is nothing at this address." });
}

export function sessionEndedPage(): Response {
  return plainPage({
    status: 401,
    title: "Session ended, relaunch from Blnk Cloud",
    text: `A launch lasts a few minutes, and ends for all of its panels and tabs. Open ${app.name} in the dashboard to go on.`,
  });
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
