import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type PageFile = { type: string; content: Buffer };

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

const FILES = [
  "index.html",
  "dashboard.css",
  "dashboard.js",
  "apps-view.js",
  "events-view.js",
  "portal-panel.js",
  "dialogs.js",
  "api.js",
  "elements.js",
  "favicon.svg",
];

/** The dashboard's page, by path. A fixed list: no path is ever taken from a request. */
export function readPageFiles(): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const name of FILES) {
    const content = readFileSync(new URL(`public/${name}`, import.meta.url));
    files.set(name === "index.html" ? "/" : `/${name}`, { type: TYPES[name.split(".").at(-1)!]!, content });
  }
  const font = import.meta.resolve("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2");
  files.set("/inter.woff2", { type: "font/woff2", content: readFileSync(fileURLToPath(font)) });
  return files;
}

/** Frames come from the portals' origins and pictures from the logos', and from nowhere else. */
export function pagePolicy(portalOrigins: Iterable<string>, logoOrigins: Iterable<string>): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    ["img-src 'self'", ...logoOrigins].join(" "),
    ["frame-src", ...portalOrigins].join(" "),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
