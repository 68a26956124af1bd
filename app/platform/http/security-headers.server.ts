import type { IncomingMessage, ServerResponse } from "node:http";

import helmet from "helmet";

/**
 * Who may frame a path, and the only place that says so: the dashboard may frame the portal, nobody anything else.
 * Two constants and the path decide; nothing that a request can choose is ever echoed.
 */
export function frameAncestors(path: string, portalPolicy: string): string {
  return path.startsWith("/portal/") ? portalPolicy : "'none'";
}

/** The policy of a page that React renders: scripts by nonce only. */
export function documentPolicy(nonce: string, ancestors: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${ancestors}`,
  ].join("; ");
}

/** The policy of everything else: data, redirects, static files, and pages without scripts. */
export function plainPolicy(ancestors: string): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${ancestors}`,
  ].join("; ");
}

const PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/** Sets the security headers on every response before anything else can answer; a route's own headers win by name. */
export function createSecurityHeaders(
  portalPolicy: string,
): (request: IncomingMessage, response: ServerResponse) => void {
  const setCommon = helmet({
    // Set below, since it depends on the path.
    contentSecurityPolicy: false,
    // Says DENY or SAMEORIGIN only, and would keep the dashboard out; frame-ancestors says it exactly.
    xFrameOptions: false,
    // no-referrer makes browsers send `Origin: null` with form posts, which the CSRF check refuses.
    referrerPolicy: { policy: "same-origin" },
  });
  return (request, response) => {
    setCommon(request, response, () => {});
    response.setHeader("Content-Security-Policy", plainPolicy(frameAncestors(pathOf(request), portalPolicy)));
    response.setHeader("Permissions-Policy", PERMISSIONS_POLICY);
    response.setHeader("Cache-Control", "no-store");
  };
}

/** For what node:http answers by itself, before there is a response object. */
export const RAW_SECURITY_HEADERS = [
  `Content-Security-Policy: ${plainPolicy("'none'")}`,
  "X-Content-Type-Options: nosniff",
  "Referrer-Policy: same-origin",
  `Permissions-Policy: ${PERMISSIONS_POLICY}`,
  "Strict-Transport-Security: max-age=31536000; includeSubDomains",
  "Cache-Control: no-store",
].join("\r\n");

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0]!;
}
