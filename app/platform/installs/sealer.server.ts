import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";

import { app } from "#app/app.ts";
import { DomainError } from "#app/platform/errors.ts";

export type SealPurpose = "api_key" | "webhook_secret" | "webhook_url";

/** Whose secret it is. A box opens only for the owner and purpose it was sealed for. */
export type SealOwner = { installed_app_id: string; app_id: string; instance_id: string };

export type Sealer = {
  /** @returns `v1.<key id>.<nonce>.<ciphertext>.<tag>`, the last three base64url. */
  seal(purpose: SealPurpose, owner: SealOwner, secret: string): string;
  /** @throws DomainError `unknown_key_id` when no key of that id is at hand, `sealed_wrongly` when it does not open. */
  open(purpose: SealPurpose, owner: SealOwner, box: string): string;
};

export class SealError extends DomainError<"unknown_key_id" | "sealed_wrongly"> {}

/** AES-256-GCM with the keys of ENCRYPTION_KEYS, newest first: the first seals, all open. */
export function createSealer(keys: readonly { id: string; key: Buffer }[]): Sealer {
  const byId = new Map(keys.map(({ id, key }) => [id, createSecretKey(key)]));
  const [newest] = [...byId].map(([id, key]) => ({ id, key }));
  if (!newest) throw new Error("A sealer needs at least one key.");

  return {
    seal(purpose, owner, secret) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", newest.key, nonce);
      cipher.setAAD(associatedData(purpose, owner, newest.id));
      const ciphertext = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      const parts = [nonce, ciphertext, cipher.getAuthTag()].map((part) => part.toString("base64url"));
      return ["v1", newest.id, ...parts].join(".");
    },

    open(purpose, owner, box) {
      const keyId = keyIdOf(box);
      const key = byId.get(keyId);
      if (!key)
        throw new SealError(
          "unknown_key_id",
          `A stored secret is sealed with key "${keyId}", which ENCRYPTION_KEYS does not hold.`,
        );
      const [nonce, ciphertext, tag] = box
        .split(".")
        .slice(2)
        .map((part) => Buffer.from(part, "base64url"));
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, nonce!, { authTagLength: 16 });
        decipher.setAAD(associatedData(purpose, owner, keyId));
        decipher.setAuthTag(tag!);
        return Buffer.concat([decipher.update(ciphertext!), decipher.final()]).toString("utf8");
      } catch {
        // The cause is dropped: it says nothing that helps, and nothing of a box belongs in a log.
        throw new SealError(
          "sealed_wrongly",
          `A stored secret does not open with key "${keyId}" of ENCRYPTION_KEYS.`,
        );
      }
    },
  };
}

/** The id of the key that a box was sealed with. */
export function keyIdOf(box: string): string {
  const [version, keyId, ...rest] = box.split(".");
  if (version !== "v1" || !keyId || rest.length !== 3)
    throw new SealError("sealed_wrongly", "A stored secret is not in the format v1.");
  return keyId;
}

function associatedData(purpose: SealPurpose, owner: SealOwner, keyId: string): Buffer {
  return Buffer.from(
    JSON.stringify([
      `${app.slug}/box/v1`,
      purpose,
      owner.installed_app_id,
      owner.app_id,
      owner.instance_id,
      keyId,
    ]),
    "utf8",
  );
}
