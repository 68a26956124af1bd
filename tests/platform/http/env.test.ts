import { randomBytes } from "node:crypto";

import { describe, expect, test } from "vitest";

import { EnvError, readEnv } from "#app/platform/http/env.server.ts";

const KEY = randomBytes(32).toString("base64");
const SECRET = "s".repeat(32);

const GOOD = {
  PUBLIC_URL: "https://tidemark.example.com",
  ENCRYPTION_KEYS: `k1:${KEY}`,
  URL_SECRETS: SECRET,
};

function problemsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  try {
    readEnv(env);
  } catch (error) {
    if (error instanceof EnvError)
      return Object.fromEntries(error.problems.map(({ variable, problem }) => [variable, problem]));
    throw error;
  }
  return {};
}

test("the three that have no default are enough", () => {
  expect(readEnv(GOOD)).toMatchObject({
    NODE_ENV: "production",
    PUBLIC_URL: "https://tidemark.example.com",
    PORT: 3000,
    HOST: "0.0.0.0",
    DATABASE_URL: "file:./data/tidemark.db",
    BLNK_API_URL: "https://api.cloud.blnkfinance.com",
    FRAME_ANCESTORS: "'self' https://blnkfinance.com https://*.blnkfinance.com",
    PORTAL_SESSION_MINUTES: 15,
    TRUST_PROXY: "none",
    LOG_LEVEL: "info",
  });
});

test("an empty environment names every variable that is missing and how to get it", () => {
  const problems = problemsOf({});
  expect(Object.keys(problems).sort()).toEqual(["ENCRYPTION_KEYS", "PUBLIC_URL", "URL_SECRETS"]);
  expect(problems.ENCRYPTION_KEYS).toContain("npm run secrets");
  expect(problems.URL_SECRETS).toContain("npm run secrets");
  expect(problems.PUBLIC_URL).toContain("https://");
});

test("an empty value counts as unset", () => {
  expect(problemsOf({ ...GOOD, URL_SECRETS: "" })).toHaveProperty("URL_SECRETS");
  expect(readEnv({ ...GOOD, PORT: " ", LOG_LEVEL: "" })).toMatchObject({ PORT: 3000, LOG_LEVEL: "info" });
});

test.each([undefined, "", "production"])("NODE_ENV %j is production", (NODE_ENV) => {
  const problems = problemsOf({ ...GOOD, NODE_ENV, PUBLIC_URL: "http://localhost:3000" });
  expect(problems).toHaveProperty("PUBLIC_URL");
});

test("no problem repeats the value that it is about", () => {
  const bad = {
    PUBLIC_URL: "ftp://canary-value.example.com",
    PORT: "canary-value",
    DATABASE_URL: "canary-value",
    ENCRYPTION_KEYS: "canary-value",
    URL_SECRETS: "canary-value",
    BLNK_API_URL: "http://canary-value.example.com",
    BLNK_APP_ID: "canary value",
    FRAME_ANCESTORS: "canary-value;",
    PORTAL_SESSION_MINUTES: "canary-value",
    TRUST_PROXY: "canary-value",
    LOG_LEVEL: "canary-value",
  };
  const problems = problemsOf(bad);
  expect(Object.keys(problems).sort()).toEqual(Object.keys(bad).sort());
  expect(JSON.stringify(problems)).not.toMatch(/canary/);
});

describe("PUBLIC_URL", () => {
  test.each([
    ["https://tidemark.example.com", "https://tidemark.example.com"],
    ["https://tidemark.example.com/", "https://tidemark.example.com"],
    ["https://Tidemark.Example.com:443", "https://tidemark.example.com"],
    ["https://tidemark.example.com:8443", "https://tidemark.example.com:8443"],
    ["https://203.0.113.9", "https://203.0.113.9"],
    ["https://172.32.0.1", "https://172.32.0.1"],
  ])("takes %s in production", (value, origin) => {
    expect(readEnv({ ...GOOD, PUBLIC_URL: value }).PUBLIC_URL).toBe(origin);
  });

  test.each([
    "http://tidemark.example.com",
    "https://localhost",
    "https://LOCALHOST.",
    "https://app.localhost",
    "https://printer.local",
    "https://db.internal",
    "https://intranet",
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0.0.0.0",
    "https://10.1.2.3",
    "https://100.64.0.1",
    "https://169.254.169.254",
    "https://172.16.0.1",
    "https://172.31.255.255",
    "https://192.168.1.1",
    "https://224.0.0.1",
    "https://[::1]",
    "https://[::]",
    "https://[fc00::1]",
    "https://[fe80::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:10.0.0.1]",
    "https://tidemark.example.com/path",
    "https://tidemark.example.com?x=1",
    "https://tidemark.example.com/?",
    "https://tidemark.example.com#",
    "https://user:password@tidemark.example.com",
    "https://tidemark.example.com\\@evil.example",
    "ftp://tidemark.example.com",
    "javascript:alert(1)",
    "tidemark.example.com",
    "https://",
  ])("refuses %s in production", (value) => {
    expect(problemsOf({ ...GOOD, PUBLIC_URL: value })).toHaveProperty("PUBLIC_URL");
  });

  test.each([
    "http://localhost:3000",
    "http://127.0.0.1:3000",
    "http://[::1]:3000",
    "https://tidemark.example.com",
  ])("takes %s in development", (value) => {
    expect(readEnv({ ...GOOD, NODE_ENV: "development", PUBLIC_URL: value }).PUBLIC_URL).toBe(value);
  });

  test.each(["http://tidemark.example.com", "http://192.168.1.1", "http://10.0.0.1:3000"])(
    "refuses plain %s in development, too",
    (value) => {
      expect(problemsOf({ ...GOOD, NODE_ENV: "development", PUBLIC_URL: value })).toHaveProperty(
        "PUBLIC_URL",
      );
    },
  );

  test("comes from the app's name on Fly, unless it is set", () => {
    const { PUBLIC_URL: _, ...rest } = GOOD;
    expect(readEnv({ ...rest, FLY_APP_NAME: "our-tidemark" }).PUBLIC_URL).toBe(
      "https://our-tidemark.fly.dev",
    );
    expect(readEnv({ ...GOOD, FLY_APP_NAME: "our-tidemark" }).PUBLIC_URL).toBe(
      "https://tidemark.example.com",
    );
  });
});

describe("ENCRYPTION_KEYS", () => {
  test("are read newest first", () => {
    const older = randomBytes(32).toString("base64");
    const { ENCRYPTION_KEYS } = readEnv({ ...GOOD, ENCRYPTION_KEYS: `new:${KEY}, old:${older}` });
    expect(ENCRYPTION_KEYS.map(({ id }) => id)).toEqual(["new", "old"]);
    expect(ENCRYPTION_KEYS.map(({ key }) => key.toString("base64"))).toEqual([KEY, older]);
  });

  test.each([
    ["31 bytes", `k1:${randomBytes(31).toString("base64")}`],
    ["33 bytes", `k1:${randomBytes(33).toString("base64")}`],
    ["no id", `:${KEY}`],
    ["no key", "k1:"],
    ["no colon", KEY],
    ["an id with a dot, which boxes are split by", `k.1:${KEY}`],
    ["base64 with trailing rubbish", `k1:${KEY}!`],
    ["base64url", `k1:${Buffer.alloc(32, 0xff).toString("base64url")}`],
    ["a trailing comma", `k1:${KEY},`],
    ["one id twice", `k1:${KEY},k1:${randomBytes(32).toString("base64")}`],
  ])("with %s are refused", (_name, value) => {
    const { ENCRYPTION_KEYS } = problemsOf({ ...GOOD, ENCRYPTION_KEYS: value });
    expect(ENCRYPTION_KEYS).toBeDefined();
    expect(ENCRYPTION_KEYS).not.toContain(KEY);
  });
});

describe("URL_SECRETS", () => {
  test("are all kept, newest first", () => {
    expect(readEnv({ ...GOOD, URL_SECRETS: `${"a".repeat(32)}, ${"b".repeat(40)}` }).URL_SECRETS).toEqual([
      "a".repeat(32),
      "b".repeat(40),
    ]);
  });

  test.each([
    ["31 characters", "a".repeat(31)],
    ["a short second", `${SECRET},short`],
    ["a trailing comma", `${SECRET},`],
  ])("with %s are refused", (_name, value) => {
    expect(problemsOf({ ...GOOD, URL_SECRETS: value })).toHaveProperty("URL_SECRETS");
  });
});

describe("FRAME_ANCESTORS", () => {
  test.each([
    "*",
    "https:",
    "'none'",
    "'self';script-src *",
    "https://a.example, https://b.example",
    "https://a.example\nhttps://b.example",
    "https://a.example\thttps://b.example",
    "http://a.example",
    "https://a.example/path",
    "data:",
    "https://*",
  ])("refuses %j in production", (value) => {
    expect(problemsOf({ ...GOOD, FRAME_ANCESTORS: value })).toHaveProperty("FRAME_ANCESTORS");
  });

  test("takes origins, wildcards of a domain and 'self'", () => {
    expect(
      readEnv({ ...GOOD, FRAME_ANCESTORS: "'self'  https://*.example.com https://a.example:8443" })
        .FRAME_ANCESTORS,
    ).toBe("'self' https://*.example.com https://a.example:8443");
  });

  test("takes http outside production only", () => {
    expect(
      readEnv({ ...GOOD, NODE_ENV: "development", FRAME_ANCESTORS: "http://127.0.0.1:4000" }).FRAME_ANCESTORS,
    ).toBe("http://127.0.0.1:4000");
  });
});

describe("BLNK_API_URL", () => {
  test.each([
    "https://cloud.example.com",
    "http://127.0.0.1:4010",
    "http://localhost:4010",
    "http://[::1]:4010",
  ])("takes %s in production", (value) => {
    expect(readEnv({ ...GOOD, BLNK_API_URL: value }).BLNK_API_URL).toBe(value);
  });

  test.each([
    ["https://cloud.example.com/base", "https://cloud.example.com/base"],
    ["https://cloud.example.com/a/b/", "https://cloud.example.com/a/b"],
    ["https://cloud.example.com/", "https://cloud.example.com"],
  ])("takes %s, which may have a path", (value, base) => {
    expect(readEnv({ ...GOOD, BLNK_API_URL: value }).BLNK_API_URL).toBe(base);
  });

  test.each([
    "http://cloud.example.com",
    "http://192.168.0.4",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "https://key@cloud.example.com",
    "https://key@cloud.example.com/base",
    "https://cloud.example.com/base?key=x",
    "https://cloud.example.com/base#x",
    "http://cloud.example.com/base",
  ])("refuses %s in every mode", (value) => {
    for (const NODE_ENV of ["production", "development"]) {
      expect(problemsOf({ ...GOOD, NODE_ENV, BLNK_API_URL: value })).toHaveProperty("BLNK_API_URL");
    }
  });
});

test.each(["4", "61", "0", "-15", "fifteen"])("a session of %s minutes is refused", (value) => {
  expect(problemsOf({ ...GOOD, PORTAL_SESSION_MINUTES: value })).toEqual({
    PORTAL_SESSION_MINUTES: "must be a whole number from 5 to 60",
  });
});

test.each(["5", "60"])("a session of %s minutes is taken", (value) => {
  expect(readEnv({ ...GOOD, PORTAL_SESSION_MINUTES: value }).PORTAL_SESSION_MINUTES).toBe(Number(value));
});

test.each(["-1", "65536", "3000.5", "http"])("the port %j is refused", (value) => {
  expect(problemsOf({ ...GOOD, PORT: value })).toHaveProperty("PORT");
});

test("Fly's client address is trusted on a Fly machine only", () => {
  expect(problemsOf({ ...GOOD, TRUST_PROXY: "fly" })).toHaveProperty("TRUST_PROXY");
  expect(readEnv({ ...GOOD, TRUST_PROXY: "fly", FLY_MACHINE_ID: "e784" }).TRUST_PROXY).toBe("fly");
});

test.each(["postgres://db", "./data/x.db", "file:", "file:/"])("the database %s is refused", (value) => {
  expect(problemsOf({ ...GOOD, DATABASE_URL: value })).toHaveProperty("DATABASE_URL");
});

const HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$3cs4xRJ2xm0sJbJjVdqVzCBTzHY6gTOMdRWXvqfuyVY";

test("an operator's password hash is taken plain or as b64:", () => {
  expect(readEnv({ ...GOOD, OPERATOR_PASSWORD_HASH: HASH }).OPERATOR_PASSWORD_HASH).toBe(HASH);
  const coded = `b64:${Buffer.from(HASH).toString("base64")}`;
  expect(readEnv({ ...GOOD, OPERATOR_PASSWORD_HASH: coded }).OPERATOR_PASSWORD_HASH).toBe(HASH);
});

test.each([
  ["a password", "hunter2hunter2hunter2"],
  ["what a shell left of a hash", "argon2id=19=19456,t=2,p=1"],
  ["another algorithm", HASH.replace("argon2id", "argon2i")],
  ["more memory than a small machine has", HASH.replace("m=19456", "m=65536")],
  ["more passes than a log-in may take", HASH.replace("t=2", "t=5")],
  ["more threads", HASH.replace("p=1", "p=4")],
])("OPERATOR_PASSWORD_HASH refuses %s", (_, value) => {
  const problem = problemsOf({ ...GOOD, OPERATOR_PASSWORD_HASH: value }).OPERATOR_PASSWORD_HASH;
  expect(problem).toBeDefined();
  expect(problem).not.toContain(value);
});
