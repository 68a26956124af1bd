import { expect, test } from "vitest";

import { callbackSchema } from "#app/platform/installs/callback-schema.ts";
import { API_KEY, installBody, uninstallBody } from "#tests/support/blnk-payloads.ts";

const read = (body: unknown) => callbackSchema.safeParse(body);

function fieldsOf(body: unknown): string[] {
  const parsed = read(body);
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join("."));
}

test("the prefix of the idempotency key decides the kind", () => {
  expect(read(installBody()).data).toMatchObject({ kind: "install", api_key: API_KEY });
  expect(read(uninstallBody()).data).toMatchObject({
    kind: "uninstall",
    uninstalled_at: "2026-11-24T12:00:00Z",
  });
});

test.each([
  ["event", "app.installed", installBody({ idempotency_key: "evt_1" }), "install"],
  ["type", "installation", installBody({ idempotency_key: "evt_1" }), "install"],
  [
    "event",
    "app.uninstalled",
    uninstallBody({ idempotency_key: "evt_1", uninstalled_at: undefined }),
    "uninstall",
  ],
  ["type", "UNINSTALL", uninstallBody({ idempotency_key: "evt_1", uninstalled_at: undefined }), "uninstall"],
])("without a prefix the %s %s decides it", (field, name, body, kind) => {
  expect(read({ ...body, [field]: name }).data).toMatchObject({ kind });
});

test("without a prefix or a name, an api_key means install and uninstalled_at means uninstall", () => {
  expect(read(installBody({ idempotency_key: "evt_1" })).data).toMatchObject({ kind: "install" });
  expect(read(uninstallBody({ idempotency_key: "evt_1" })).data).toMatchObject({ kind: "uninstall" });
});

test("a body that says neither is refused", () => {
  expect(fieldsOf(uninstallBody({ idempotency_key: "evt_1", uninstalled_at: undefined }))).toEqual([
    "idempotency_key",
  ]);
});

test.each([
  ["an install prefix with uninstalled_at", installBody({ uninstalled_at: "2026-11-24T12:00:00Z" })],
  ["an uninstall prefix with an api_key", uninstallBody({ api_key: API_KEY })],
  ["an install prefix with an uninstall event", installBody({ event: "app.uninstalled" })],
  ["an uninstall prefix with an install type", uninstallBody({ type: "install" })],
  [
    "an event and a type that differ",
    installBody({ idempotency_key: "evt_1", event: "install", type: "uninstall" }),
  ],
  [
    "an api_key beside uninstalled_at",
    installBody({ idempotency_key: "evt_1", uninstalled_at: "2026-11-24T12:00:00Z" }),
  ],
  ["an uninstall event with an api_key", installBody({ idempotency_key: "evt_1", event: "app.uninstalled" })],
])("signals that disagree are refused: %s", (_name, body) => {
  expect(fieldsOf(body)).toEqual(["idempotency_key"]);
});

test("names that mean nothing here do not count", () => {
  expect(read(installBody({ event: "something.else", type: 7 })).data).toMatchObject({ kind: "install" });
});

test("uninstalled_at and api_key_prefix may be absent, and null is absent", () => {
  expect(read(uninstallBody({ uninstalled_at: undefined })).data).toMatchObject({ uninstalled_at: null });
  expect(read(uninstallBody({ uninstalled_at: null, api_key: null, event: null })).data).toMatchObject({
    uninstalled_at: null,
  });
  expect(read(installBody({ api_key_prefix: undefined, uninstalled_at: null })).success).toBe(true);
});

test.each(["2026-11-24T12:00:00Z", "2026-11-24 13:00:00 +0100", "yesterday", "x".repeat(64)])(
  "the time %s is taken as it is",
  (uninstalled_at) => {
    expect(read(uninstallBody({ uninstalled_at })).data).toMatchObject({ uninstalled_at });
  },
);

test.each(["x".repeat(65), 1764000000, {}])("the time %j is refused", (uninstalled_at) => {
  expect(fieldsOf(uninstallBody({ uninstalled_at }))).toContain("uninstalled_at");
});

test("an empty time or key is absent", () => {
  const parsed = read(uninstallBody({ uninstalled_at: "", api_key: "" }));
  expect(parsed.data).toMatchObject({ kind: "uninstall", uninstalled_at: null });
  expect(read(installBody({ uninstalled_at: "" })).data).toMatchObject({ kind: "install" });
});

test.each(["a", "A-b_9", "x".repeat(128)])("the id %s is taken", (id) => {
  for (const field of ["installed_app_id", "app_id", "instance_id"])
    expect(read(installBody({ [field]: id })).success).toBe(true);
});

test.each([
  "",
  "x".repeat(129),
  "a b",
  "a.b",
  "a/b",
  "../x",
  "ä",
  "a\n",
  "a\u0000",
  "'; drop table installs; --",
  7,
  null,
  undefined,
  {},
  ["a"],
])("the id %j is refused, by the name of its field", (id) => {
  for (const field of ["installed_app_id", "app_id", "instance_id"]) {
    expect(fieldsOf(installBody({ idempotency_key: "install:x", [field]: id }))).toEqual([field]);
  }
});

test.each(["!", "~", "x".repeat(512)])("a key of visible ASCII is taken", (api_key) => {
  expect(read(installBody({ api_key })).success).toBe(true);
});

test.each([
  "x".repeat(513),
  "",
  "a b",
  "a\tb",
  "a\nb",
  "a\u0000",
  "\u007f",
  "é",
  "\ud800",
  5,
  {},
  ["k"],
  true,
])("the key %j is refused", (api_key) => {
  expect(fieldsOf(installBody({ api_key }))).toContain("api_key");
});

test.each([undefined, null])("an install with the key %j is refused", (api_key) => {
  expect(fieldsOf(installBody({ api_key }))).toEqual(["api_key"]);
});

test.each([
  ["none", []],
  ["one", ["alerts:read"]],
  ["unknown ones", ["proxy:write", "*"]],
  ["one twice", ["data:read", "data:read"]],
  ["very many", Array.from({ length: 500 }, (_, index) => `s${index}`)],
])("an install that grants %s is valid", (_name, granted_permissions) => {
  expect(read(installBody({ granted_permissions })).data).toMatchObject({ granted_permissions });
});

test("an empty permission is left out", () => {
  expect(read(installBody({ granted_permissions: ["", "data:read"] })).data).toMatchObject({
    granted_permissions: ["data:read"],
  });
});

test("an uninstall is valid whatever permissions it carries", () => {
  expect(read(uninstallBody({ granted_permissions: "data:read" })).success).toBe(true);
});

test.each([undefined, null, "data:read", {}, 3, [1], [null], [[]], ["x".repeat(129)]])(
  "permissions like %j are refused",
  (granted_permissions) => {
    expect(fieldsOf(installBody({ granted_permissions }))[0]).toMatch(/^granted_permissions/);
  },
);

test.each(["", "x".repeat(257), "install:\u0000", "install:a\nb", 7, null, undefined])(
  "the idempotency key %j is refused",
  (idempotency_key) => {
    expect(fieldsOf(installBody({ idempotency_key }))).toContain("idempotency_key");
  },
);

test.each([null, [], "text", 7, true])("the body %j is refused as a whole", (body) => {
  expect(fieldsOf(body)).toEqual([""]);
});

test("older and newer fields are ignored, but for organization_id", () => {
  const parsed = read(
    installBody({
      organization_id: "org_1",
      workspace: { deep: [1] },
      __proto__: { kind: "uninstall" },
      constructor: 1,
    }),
  );
  expect(parsed.data).toEqual({
    kind: "install",
    installed_app_id: "instapp_1",
    app_id: "app_1",
    instance_id: "inst_1",
    organization_id: "org_1",
    idempotency_key: "install:instapp_1",
    api_key: API_KEY,
    granted_permissions: ["data:read", "alerts:write"],
  });
});

test("an organization_id that is none is dropped, not a reason to refuse", () => {
  expect(read(installBody({ organization_id: { id: 1 } })).data?.organization_id).toBeUndefined();
  expect(read(installBody({ organization_id: null })).data?.organization_id).toBeUndefined();
});

test("no message repeats what was sent", () => {
  const parsed = read(
    installBody({
      api_key: "canary key",
      installed_app_id: "canary id",
      granted_permissions: ["canary", 1],
      uninstalled_at: "canary",
    }),
  );
  expect(parsed.success).toBe(false);
  expect(JSON.stringify(parsed.error?.issues)).not.toContain("canary");
});
