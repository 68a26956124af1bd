import { randomBytes } from "node:crypto";

/** `pending`: minted, but Cloud has not yet had the app's 2xx (contract A.6 leaves open whether it already works). */
type KeyState = "pending" | "active" | "revoked";

export type ApiKey = {
  key: string;
  prefix: string;
  instance_id: string;
  scopes: string[];
  installed_app_id: string | null;
  state: KeyState;
};

/** Every key the stand-in ever minted. The life cycle mints and revokes; the API families only look keys up. */
export class Keyring {
  readonly #keys = new Map<string, ApiKey>();

  mint(grant: Omit<ApiKey, "key" | "prefix">): ApiKey {
    const key = `blnk_${randomBytes(24).toString("base64url")}`;
    const minted = { ...grant, key, prefix: key.slice(0, 8) };
    this.#keys.set(key, minted);
    return minted;
  }

  find(bearer: string): ApiKey | undefined {
    return this.#keys.get(bearer);
  }

  ofInstall(installedAppId: string): ApiKey[] {
    return [...this.#keys.values()].filter((key) => key.installed_app_id === installedAppId);
  }
}
