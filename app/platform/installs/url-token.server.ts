import { createHash, createHmac, timingSafeEqual } from "node:crypto";

import { app } from "#app/app.ts";

export type UrlPurpose = "callback" | "launch";

/** The secret part of the URL that the operator registers in Cloud; one leaked URL does not open the other. */
export function urlToken(purpose: UrlPurpose, secret: string): string {
  return createHmac("sha256", secret).update(`${app.slug}/${purpose}/v1`).digest("base64url");
}

/**
 * Which of the accepted secrets (newest first) a token was made with, or undefined. Every secret is compared, in
 * constant time and over digests, so that neither the place nor the length of a wrong token shows in the answer's time.
 */
export function createTokenCheck(
  purpose: UrlPurpose,
  secrets: readonly string[],
): (token: string) => number | undefined {
  const digests = secrets.map((secret) => sha256(urlToken(purpose, secret)));
  return (token) => {
    const given = sha256(token);
    let found: number | undefined;
    digests.forEach((digest, index) => {
      if (timingSafeEqual(digest, given)) found ??= index;
    });
    return found;
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
