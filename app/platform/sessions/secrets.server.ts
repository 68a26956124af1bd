import { createHash, randomBytes } from "node:crypto";

/** A random name or token of so many bytes, safe in a URL and in a cookie's name. */
export function mintSecret(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

/** How tokens, cookies and codes are stored: 256 random bits need no salt and no slow hash. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret, "utf8").digest("hex");
}
