import { existsSync, readFileSync } from "node:fs";

/** How a secret may be written down: as it is, and in the codings that its bytes commonly take. */
export function encodingsOf(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret, "utf8");
  // Base64 of text that the secret stands inside of depends on where it starts.
  const shifted = (by: number) =>
    Buffer.concat([Buffer.alloc(by), bytes])
      .toString("base64")
      .slice(by === 0 ? 0 : by + 1, -4);
  return {
    plain: secret,
    hex: bytes.toString("hex"),
    HEX: bytes.toString("hex").toUpperCase(),
    base64: shifted(0),
    "base64, one byte on": shifted(1),
    "base64, two bytes on": shifted(2),
    base64url: bytes.toString("base64url"),
    "URL-encoded": encodeURIComponent(secret),
    "JSON-escaped": JSON.stringify(secret).slice(1, -1),
    "HTML-escaped": secret.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character]!),
    reversed: secret.split("").toReversed().join(""),
  };
}

const HTML_ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
};

/** Which codings of the secret the text holds. */
export function findSecret(text: string | Buffer, secret: string): string[] {
  return Object.entries(encodingsOf(secret))
    .filter(([, coded]) => text.includes(coded))
    .map(([name]) => name);
}

/** The raw bytes of a database: the file and what SQLite keeps beside it. */
export function databaseBytes(file: string): Buffer {
  const files = ["", "-wal", "-shm", "-journal", ".lock"]
    .map((suffix) => file + suffix)
    .filter((path) => existsSync(path));
  return Buffer.concat(files.map((path) => readFileSync(path)));
}
