import type { Collection } from "./collection.server.ts";
import { readList, readObject, readText } from "./read-fields.ts";
import { type Identity, readIdentity } from "./records.ts";
import type { Call } from "./transport/call.server.ts";
import type { JsonObject } from "./transport/lossless-json.ts";
import { cloudPath } from "./transport/request.ts";

type IdentityText = Exclude<keyof Identity, "identity_id" | "dob" | "created_at" | "meta_data">;

export type NewIdentity = { [field in IdentityText]?: string } & {
  /** ms UTC. */
  dob?: number;
  meta_data?: JsonObject;
};

export function identities(call: Call, rows: Collection<"identities", Identity>) {
  return {
    ...rows,

    async create(identity: NewIdentity): Promise<Identity> {
      return readIdentity(
        await call({
          method: "POST",
          path: cloudPath`/proxy/identities`,
          body: toBody(identity),
          scope: "data:write",
          repeatable: false,
        }),
      );
    },

    /** Changes the fields given. A field cannot be cleared; metadata has its own method, since this would replace it. */
    async update(identityId: string, identity: Omit<NewIdentity, "meta_data">): Promise<void> {
      await call({
        method: "PUT",
        path: cloudPath`/proxy/identities/${identityId}`,
        body: toBody(identity),
        scope: "data:write",
        repeatable: false,
      });
    },

    /** The fields whose value is a token, by their Go names (`EmailAddress`). */
    async tokenisedFields(identityId: string): Promise<string[]> {
      const body = readObject(
        await call({
          method: "GET",
          path: cloudPath`/proxy/identities/${identityId}/tokenized-fields`,
          scope: "data:read",
          repeatable: true,
        }),
      );
      return readList(body["tokenized_fields"]).flatMap((name) => readText(name) ?? []);
    },
  };
}

/** Core takes a date of birth with its time only. */
function toBody({ dob, ...identity }: NewIdentity): object {
  return dob === undefined ? identity : { ...identity, dob: new Date(dob).toISOString() };
}
