import { createHash, createHmac } from "node:crypto";

/**
 * What somebody might send in place of a secret, by name: near misses, what the database holds of it, other writings of
 * the same bytes, and what careless code takes for anything. All of it visible ASCII.
 */
export function forgeriesOf(secret: string): [string, string][] {
  const bytes = Buffer.from(secret, "base64url");
  const last = BASE64URL.indexOf(secret.at(-1)!);
  const forged: [string, string][] = [
    ["a letter", "x"],
    ["another secret of its length", randomLike(secret)],
    ["it without its end", secret.slice(0, -1)],
    ["it without its start", secret.slice(1)],
    ["its first half", secret.slice(0, secret.length / 2)],
    ["it and one letter", `${secret}A`],
    ["it twice", secret + secret],
    ["it with a letter changed", secret.replace(/^./, (letter) => (letter === "A" ? "B" : "A"))],
    ["it with the last letter's unused bits set", secret.slice(0, -1) + BASE64URL[last ^ 1]],
    ["it in capitals", secret.toUpperCase()],
    ["it in small letters", secret.toLowerCase()],
    ["it backwards", secret.split("").toReversed().join("")],
    ["it padded", `${secret}=`],
    ["it in standard base64", `${bytes.toString("base64")}=`],
    ["it in hex", bytes.toString("hex")],
    ["its own base64", Buffer.from(secret).toString("base64url")],
    ["it in quotes", `"${secret}"`],
    ["it and a comma", `${secret},`],
    ["it after a comma", `x,${secret}`],
    ["it escaped once more", secret.replace(/^./, (letter) => `%${letter.charCodeAt(0).toString(16)}`)],
    ["it and an escaped NUL", `${secret}%00`],
    ["its hash, as the database has it", createHash("sha256").update(secret).digest("hex")],
    ["its hash in base64url", createHash("sha256").update(secret).digest("base64url")],
    [
      "an HMAC with an empty key",
      createHmac("sha256", "").update("tidemark/callback/v1").digest("base64url"),
    ],
    ["SQL", "' or '1'='1"],
    ["SQL that ends the statement", `${secret}';--`],
    ["a wildcard", "%"],
    ["wildcards of its length", "_".repeat(secret.length)],
    ["null", "null"],
    ["undefined", "undefined"],
    ["an object", "[object Object]"],
    ["a condition", '{"$ne":null}'],
    ["true", "true"],
    ["zero", "0"],
    ["a prototype", "__proto__"],
    ["a path", "../../../etc/passwd"],
    ["four thousand letters", "A".repeat(4000)],
  ];
  // A secret may happen to be written alike in two of these ways.
  return forged.filter(([, text]) => text !== secret);
}

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function randomLike(secret: string): string {
  return createHash("sha512").update(`not ${secret}`).digest("base64url").slice(0, secret.length);
}
