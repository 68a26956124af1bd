import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import SqliteDatabase from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";

import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { type Sandbox, startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { report } from "#tests/support/report.ts";
import { IDS, installBody, uninstallBody } from "#tests/support/blnk-payloads.ts";
import { answerText, startCloudServer } from "#tests/support/cloud-server.ts";
import { openOwn, openRecords } from "#tests/support/open-portal-records.ts";
import { openOperator } from "#tests/support/operator-browser.ts";
import { OPERATOR_PASSWORD, operatorHash } from "#tests/support/operator-password.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { MADE_UP_IDS, type PortalIds, portalRequests, send } from "#tests/support/portal-requests.ts";
import { rawRequest } from "#tests/support/raw-request.ts";
import { runScript } from "#tests/support/run-script.ts";
import { encodingsOf, findSecret } from "#tests/support/scan-bytes.ts";
import { BUILD } from "#tests/support/built-app.ts";
import { PUBLIC_URL, temporaryDirectory } from "#tests/support/test-environment.ts";
import { type ServerProcess, startServerProcess } from "#tests/support/start-server-process.ts";

/** Written otherwise in JSON, in HTML and in a URL, so that each of these would show as itself. */
const MARKS = `"\\<&>'+/=%`;
const KEYS = {
  "the first API key": `blnk_canary4cRs0${MARKS}first`,
  "a refused API key": `blnk_canary9dTz1${MARKS}refused`,
  "a forged API key": `blnk_canary7eWq2${MARKS}forged`,
};
const WEBHOOK_URL = "https://hooks.invalid/canary-path-5fXv3";
const REFUSED_WEBHOOK_URL = "http://hooks.invalid/canary-path-6gYw4";
const WRONG_PASSWORD = "canary of a wrong password";

const OPS = [
  "",
  "/installs",
  `/installs/${IDS.installed_app_id}`,
  "/sessions",
  "/events",
  "/jobs",
  "/promises",
  "/audit",
];

type Cloud = {
  url: string;
  key: string;
  instance: string;
  ids: (portal: ReturnType<typeof openPortal>, home: string) => Promise<PortalIds>;
};

/** Cloud as it should be. */
async function openHealthyCloud(): Promise<Cloud> {
  const sandbox: Sandbox = await startSandbox({
    switches: { queue: { d1_ms: 1, d2_ms: [1, 5], shuffle: false } },
  });
  onTestFinished(() => sandbox.close());
  const instance = sandbox.instanceId;
  return {
    url: sandbox.api,
    key: sandbox.mintKey([...SCOPES], instance).key,
    instance,
    async ids(portal, home) {
      const records = await openRecords(sandbox, instance, "Wallet");
      return { ...records, ...(await openOwn(portal, home, records, "Wallet")) };
    },
  };
}

/** Cloud that repeats the key that it was sent in whatever it answers. */
async function openTalkativeCloud(): Promise<Cloud> {
  const statuses = [200, 400, 401, 403, 404, 409, 422, 500, 502];
  let turn = 0;
  const { url } = await startCloudServer(({ headers }, response) => {
    const sent = headers.authorization ?? "";
    turn += 1;
    response.setHeader("X-Debug", encodeURIComponent(sent));
    const body = turn % 3 === 0 ? `<h1>${sent}</h1>` : JSON.stringify({ error: sent, message: sent });
    answerText(response, body, statuses[turn % statuses.length]);
  });
  return {
    url,
    key: `blnk_canary2aPk8${MARKS}of-a-talkative-cloud`,
    instance: "inst_1",
    ids: async () => MADE_UP_IDS,
  };
}

/** A caller whose answers are kept, headers and all, once it listens. */
function openEar(server: ServerProcess) {
  const heard: string[] = [];
  let listens = false;
  return {
    heard,
    listen: () => (listens = true),
    request: async (path: string, init?: RequestInit) => {
      const response = await server.request(path, init);
      if (listens) heard.push(JSON.stringify([...response.headers]), await response.clone().text());
      return response;
    },
  };
}

async function startVictim(cloud: Cloud) {
  const directory = temporaryDirectory();
  const server = await startServerProcess(directory, {
    BLNK_API_URL: cloud.url,
    LOG_LEVEL: "debug",
    OPERATOR_PASSWORD_HASH: operatorHash(),
    METRICS_PORT: "0",
    WEBHOOK_HOSTS: "hooks.invalid",
    MONITOR_INTERVAL_SECONDS: "1",
  });
  const ids = { instance_id: cloud.instance, granted_permissions: SCOPES };
  const install = (fields: object) => server.install({ ...ids, ...fields });
  await install({ api_key: KEYS["the first API key"] });
  await install({ api_key: cloud.key });
  await install({ api_key: KEYS["a refused API key"], app_id: "app_other" });
  const launched = await server.launch({ instance_id: cloud.instance });
  const { portal_url } = (await launched.json()) as { portal_url: string };
  return { directory, server, path: portal_url.slice(PUBLIC_URL.length) };
}

/** Does all that people, Blnk and strangers do, and answers what each place where it might show has got of it. */
async function liveThroughEverything(cloud: Cloud) {
  const { directory, server, path } = await startVictim(cloud);
  const ear = openEar(server);
  const portal = openPortal(ear);
  const home = await portal.enter(path);
  const ids = await cloud.ids(portal, home);
  const setWebhook = (url: string) =>
    send(portal, home, {
      method: "POST",
      path: "monitors/webhook",
      needs: [],
      form: { change: "set", url, format: "standard" },
    });
  const [webhookSecret = ""] = /whsec_[\w+/=]+/.exec(await (await setWebhook(WEBHOOK_URL)).text()) ?? [];
  ear.listen();
  await setWebhook(REFUSED_WEBHOOK_URL);
  const requests = portalRequests(ids).filter(
    ({ path, form }) => path !== "end" && form?.["change"] !== "remove",
  );
  for (const request of requests) {
    await send(portal, home, request);
    if (request.method === "POST") continue;
    const [page = "", query = ""] = request.path.split("?");
    await portal.get(`${home}${page && `/${page}`}.data?${query}`);
  }
  const operator = openOperator({ request: ear.request, env: server.env });
  await operator.signIn(WRONG_PASSWORD);
  await operator.signIn();
  // The answer that sets the cookie is the one that may hold it.
  ear.heard.splice(-2);
  for (const page of OPS) {
    await operator.get(`/ops${page}`);
    await operator.get(page === "" ? "/ops.data" : `/ops${page}.data`);
  }
  const secrets = {
    ...KEYS,
    // However they are escaped, this much of them stays as it is.
    ...Object.fromEntries(
      Object.entries(KEYS).map(([name, key]) => [`the start of ${name}`, key.split('"')[0]!]),
    ),
    "the API key": cloud.key,
    "the encryption key": server.env["ENCRYPTION_KEYS"]!.split(":")[1]!,
    "the URL secret": server.env["URL_SECRETS"]!,
    "the callback's token": server.paths.callback.split("/").at(-1)!,
    "the launch's token": server.paths.launch.split("/").at(-1)!,
    "the launch URL's token": path.split("token=")[1]!,
    "the portal's cookie": [...portal.jar.values()][0]!,
    "the operator's password": OPERATOR_PASSWORD,
    "a wrong password": WRONG_PASSWORD,
    "the password's hash": server.env["OPERATOR_PASSWORD_HASH"]!,
    "the operator's cookie": operator.cookie().split("=")[1]!,
    "the webhook's URL": WEBHOOK_URL,
    "a refused webhook URL": REFUSED_WEBHOOK_URL,
    "the webhook's secret": webhookSecret,
  };

  const pages = ear.heard.splice(0).join("\n");
  const commands = await runCommands(server, directory);
  const written = filesBelow(directory);
  await provokeErrors(server, ear, { directory, home, path, portal });
  return {
    secrets,
    sinks: {
      "pages, data and their headers": pages,
      "refusals and error pages": ear.heard.join("\n"),
      "the database, its log and its backups": written,
      "what commands print": commands,
      "the metrics": await readMetrics(server),
      "the client's files": filesBelow(join(BUILD, "client")),
      "the log": server.output(),
    },
  };
}

/** What is in each of them for certain, or it was not looked into. */
const PLAIN: Record<string, string> = {
  "pages, data and their headers": "content-security-policy",
  "refusals and error pages": "content-security-policy",
  "the database, its log and its backups": IDS.installed_app_id,
  "what commands print": "verified",
  "the metrics": "# TYPE",
  "the client's files": "Overview",
  "the log": '"event":"unexpected_error"',
};

async function runCommands(server: ServerProcess, directory: string): Promise<string> {
  const env = server.env;
  const backups = ["one.db", "two.db"].map((name) => join(directory, name));
  const printed = [
    await runScript("backup", ["--out", backups[0]!], { env, cwd: directory }),
    await runScript("rotate-keys", [], { env, cwd: directory }),
    await runScript("doctor", ["--json", server.origin, "--insecure-local"], { env, cwd: directory }),
    await runScript("backup", ["--out", backups[0]!], { env, cwd: directory }),
    await runScript("backup", ["--out", backups[1]!], { env, cwd: directory }),
  ];
  return printed.map(({ out, err }) => out + err).join("\n");
}

/** Whatever goes wrong: bad bodies, requests that are none, and a database that has lost a table. */
async function provokeErrors(
  server: ServerProcess,
  ear: ReturnType<typeof openEar>,
  {
    directory,
    home,
    path,
    portal,
  }: { directory: string; home: string; path: string; portal: ReturnType<typeof openPortal> },
): Promise<void> {
  const forged = KEYS["a forged API key"];
  const token = path.split("token=")[1]!;
  const cookie = [...portal.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const post = (to: string, body: unknown) =>
    ear.request(to, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const { callback, launch } = server.paths;
  await post(callback, installBody({ api_key: `${forged} ` }));
  await post(callback, `{"api_key":${JSON.stringify(forged)},`);
  await post(callback, installBody({ installed_app_id: forged, app_id: forged, api_key: forged }));
  await post(callback, installBody({ api_key: forged, app_id: "app_other" }));
  await post(`${callback}x`, installBody({ api_key: forged }));
  await post(launch, { ...IDS, installed_app_id: forged });
  await ear.request(`/portal/enter?token=${token}x`);
  await ear.request(`${home}/nowhere?token=${token}`, {
    headers: { cookie, authorization: `Bearer ${encodeURIComponent(forged)}` },
  });
  await ear.request(`${home}/end`, {
    method: "POST",
    headers: { cookie, origin: "https://evil.example", referer: `${PUBLIC_URL}${path}` },
  });
  for (const bytes of [
    `GET /portal/%E0${token} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `POST ${callback} HTTP/1.1\r\nHost: [\r\nContent-Length: 2\r\n\r\n{}`,
    `TRACE ${callback} HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`,
    `GET /?${token} HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(20_000)}${token}\r\n\r\n`,
  ])
    ear.heard.push(JSON.stringify(await rawRequest(Number(new URL(server.origin).port), bytes)));

  const db = new SqliteDatabase(join(directory, "tidemark.db"), { timeout: 5000 });
  db.pragma("foreign_keys = off");
  db.exec("drop table activity");
  db.close();
  for (const suffix of ["", ".data", "/activity", "/activity.data", "/activity.csv"])
    await portal.get(home + suffix);
  await post(callback, installBody({ api_key: forged }));
  await post(launch, IDS);
  await post(callback, uninstallBody());
}

async function readMetrics({ output }: ServerProcess): Promise<string> {
  const [, port] = /"metrics_port":(\d+)/.exec(output()) ?? [];
  return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

function filesBelow(directory: string): Buffer {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  return Buffer.concat(
    files.filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name))),
  );
}

test.each([
  ["as it should be", openHealthyCloud],
  ["that repeats what it is sent", openTalkativeCloud],
])(
  "with Cloud %s no planted secret shows anywhere, in any coding",
  async (name, openCloud) => {
    const { secrets, sinks } = await liveThroughEverything(await openCloud());
    const found: string[] = [];
    for (const [sink, content] of Object.entries(sinks)) {
      expect(content.includes(PLAIN[sink]!), `${sink} was looked into`).toBe(true);
      for (const [what, secret] of Object.entries(secrets)) {
        expect(secret.length, what).toBeGreaterThan(12);
        for (const coding of findSecret(content, secret)) found.push(`${what} in ${sink}, ${coding}`);
        // The control: the same place with the secret written into it.
        for (const [coding, coded] of Object.entries(encodingsOf(secret)))
          expect(findSecret(leak(content, coded), secret), coding).toContain(coding);
      }
    }
    report(
      "S6",
      `Cloud ${name}: ${Object.keys(secrets).length} secrets × ${Object.keys(encodingsOf("x")).length} codings × ${Object.keys(sinks).length} sinks, ${found.length} hits`,
      "0 hits",
    );
    expect(found).toEqual([]);
  },
  240_000,
);

/** The end of it, for the whole of it is large. */
function leak(content: string | Buffer, coded: string): Buffer {
  return Buffer.concat([Buffer.from(content.slice(-200)), Buffer.from(coded)]);
}
