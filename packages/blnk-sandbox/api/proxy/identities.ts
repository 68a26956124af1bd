import { CoreError } from "../../ledger/core-error.ts";
import { newId, type Ledger } from "../../ledger/ledger.ts";
import type { Identity } from "../../ledger/rows.ts";
import type { Switches } from "../../switches.ts";
import { identityRecord } from "../records.ts";
import type { Answer, Call } from "../router.ts";
import { type BodyObject, readObject } from "./read-object.ts";

type TokenColumn =
  | "first_name"
  | "last_name"
  | "other_names"
  | "email_address"
  | "phone_number"
  | "street"
  | "post_code";

const OWN_ID = /^idt_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

// Core tokenises by the names of its Go fields.
const TOKENISABLE: Record<string, TokenColumn> = {
  FirstName: "first_name",
  LastName: "last_name",
  OtherNames: "other_names",
  EmailAddress: "email_address",
  PhoneNumber: "phone_number",
  Street: "street",
  PostCode: "post_code",
};

export function postIdentity({ instance, body }: Call): Answer {
  const sent = readObject(body);
  const { identities, clock } = instance.ledger;
  const identity_id = sent.text("identity_id") || newId("idt");
  if (!OWN_ID.test(identity_id))
    throw new CoreError("IDT_VALIDATION_ERROR", "identity_id must be idt_<uuid>");
  if (identities.get(identity_id) !== undefined) {
    throw new CoreError("IDT_VALIDATION_ERROR", `identity with ID '${identity_id}' already exists`);
  }
  const identity = identities.insert({
    identity_id,
    ...readTexts(sent),
    dob: sent.instant("dob"),
    created_at: clock.now(),
    meta_data: sent.map("meta_data") ?? null,
  });
  return { status: 201, body: identityRecord(identity) };
}

/** Empty texts change nothing, so that no field can be cleared; metadata is replaced whole. */
export function putIdentity({ instance, params, body }: Call): Answer {
  const sent = readObject(body);
  const identity = getIdentity(instance.ledger, params.id!);
  const texts = Object.fromEntries(Object.entries(readTexts(sent)).filter(([, text]) => text !== ""));
  const dob = sent.instant("dob");
  const meta_data = sent.map("meta_data");
  const change = {
    ...texts,
    ...(dob !== undefined && { dob }),
    ...(meta_data !== undefined && { meta_data }),
  };
  if (Object.keys(change).length === 0) throw new CoreError("GEN_BAD_REQUEST", "no fields to update");
  Object.assign(identity, change);
  instance.ledger.identities.touch();
  return { status: 200, body: { message: "Identity updated successfully" } };
}

export function tokeniseField({ instance, params, switches }: Call): Answer {
  requireTokenisation(switches);
  tokenise(instance.ledger, getIdentity(instance.ledger, params.id!), params.field!);
  return { status: 200, body: { message: "Field tokenized successfully" } };
}

export function tokeniseFields({ instance, params, body, switches }: Call): Answer {
  requireTokenisation(switches);
  const identity = getIdentity(instance.ledger, params.id!);
  for (const field of readFields(body)) tokenise(instance.ledger, identity, field);
  return { status: 200, body: { message: "Fields tokenized successfully" } };
}

export function readTokenisedFields({ instance, params }: Call): Answer {
  const { identity_id } = getIdentity(instance.ledger, params.id!);
  const tokenized_fields = Object.keys(TOKENISABLE).filter((field) =>
    instance.ledger.tokenised.has(`${identity_id} ${TOKENISABLE[field]}`),
  );
  return { status: 200, body: { tokenized_fields } };
}

export function detokeniseField({ instance, params, switches }: Call): Answer {
  requireTokenisation(switches);
  const identity = getIdentity(instance.ledger, params.id!);
  return {
    status: 200,
    body: { field: params.field, value: plainValue(instance.ledger, identity, params.field!) },
  };
}

export function detokeniseFields({ instance, params, body, switches }: Call): Answer {
  requireTokenisation(switches);
  const identity = getIdentity(instance.ledger, params.id!);
  const fields = readFields(body).map((field) => [field, plainValue(instance.ledger, identity, field)]);
  return { status: 200, body: { fields: Object.fromEntries(fields) } };
}

function readTexts(sent: BodyObject) {
  return {
    identity_type: sent.text("identity_type"),
    organization_name: sent.text("organization_name"),
    category: sent.text("category"),
    first_name: sent.text("first_name"),
    last_name: sent.text("last_name"),
    other_names: sent.text("other_names"),
    gender: sent.text("gender"),
    email_address: sent.text("email_address"),
    phone_number: sent.text("phone_number"),
    nationality: sent.text("nationality"),
    street: sent.text("street"),
    country: sent.text("country"),
    state: sent.text("state"),
    post_code: sent.text("post_code"),
    city: sent.text("city"),
  };
}

function readFields(body: string): string[] {
  return readObject(body)
    .list("fields")
    .filter((field) => typeof field === "string");
}

function requireTokenisation({ tokenization }: Switches): void {
  if (tokenization === "disabled")
    throw new CoreError("IDT_TOKENIZATION_DISABLED", "tokenization is disabled");
}

function tokenise(ledger: Ledger, identity: Identity, field: string): void {
  const column = columnOf(field);
  const place = `${identity.identity_id} ${column}`;
  if (ledger.tokenised.has(place)) {
    throw new CoreError("IDT_FIELD_ALREADY_TOKENIZED", `field ${field} is already tokenized`);
  }
  ledger.tokenised.set(place, identity[column]);
  identity[column] = newId("tok");
  ledger.identities.touch();
}

function plainValue(ledger: Ledger, identity: Identity, field: string): string {
  const plain = ledger.tokenised.get(`${identity.identity_id} ${columnOf(field)}`);
  if (plain === undefined) throw new CoreError("IDT_FIELD_NOT_TOKENIZED", `field ${field} is not tokenized`);
  return plain;
}

function columnOf(field: string): TokenColumn {
  const column = TOKENISABLE[`${field.charAt(0).toUpperCase()}${field.slice(1)}`];
  if (column === undefined)
    throw new CoreError("IDT_FIELD_NOT_TOKENIZABLE", `field ${field} is not tokenizable`);
  return column;
}

function getIdentity(ledger: Ledger, id: string): Identity {
  const identity = ledger.identities.get(id);
  if (identity === undefined) throw new CoreError("IDT_NOT_FOUND", `Identity with ID '${id}' not found`);
  return identity;
}
