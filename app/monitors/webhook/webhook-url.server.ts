import { isIP } from "node:net";

import { DomainError } from "#app/platform/errors.ts";

const MAX_LENGTH = 2048;
const LOCAL_NAME = /(^|\.)(localhost|local|internal|lan|home|intranet|arpa)$/;

/**
 * Reads a URL that webhooks may go to: https on port 443, a host by name that WEBHOOK_HOSTS allows, no user-info. What
 * the name leads to is judged again at each attempt.
 *
 * @throws DomainError `webhook_refused`, whose message says why and does not repeat the URL
 */
export function readWebhookUrl(text: string, allowedHosts: readonly string[]): URL {
  if (allowedHosts.length === 0)
    throw refused("Webhooks are switched off: the operator has not set WEBHOOK_HOSTS.");
  const url = text.length <= MAX_LENGTH ? URL.parse(text) : null;
  if (!url) throw refused("This is not a URL.");
  if (url.protocol !== "https:" || url.port !== "")
    throw refused("The URL must start with https:// and use port 443.");
  if (url.username !== "" || url.password !== "")
    throw refused("The URL must not hold a user name or password.");
  // The parser has written every spelling of an IPv4 address (octal, hexadecimal, one number) as four parts by now.
  const { hostname } = url;
  if (isIP(hostname.replace(/^\[|\]$/g, "")) > 0)
    throw refused("The URL must name a host, not an IP address.");
  if (!hostname.includes(".") || hostname.endsWith(".") || LOCAL_NAME.test(hostname))
    throw refused("The URL must name a public host.");
  if (!allowedHosts.includes("*") && !allowedHosts.includes(hostname)) {
    throw refused("The operator's WEBHOOK_HOSTS does not allow this host.");
  }
  url.hash = "";
  return url;
}

function refused(message: string): DomainError<"webhook_refused"> {
  return new DomainError("webhook_refused", message);
}
