import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

import { runProgram, type Tool } from "./tool.ts";

/** Programs that Debian has packages of; none of them is fetched. */
export const SCANNERS: Tool[] = [
  { name: "wapiti", program: "wapiti", run: runWapiti },
  { name: "sqlmap", program: "sqlmap", run: runSqlmap },
  { name: "slowhttptest", program: "slowhttptest", run: runSlowhttptest },
  { name: "zzuf", program: "zzuf", run: runZzuf },
  { name: "h2load", program: "h2load", run: runH2load },
];

type Run = Tool["run"];

type WapitiReport = {
  vulnerabilities: Record<string, { path: string; info: string }[]>;
  anomalies: WapitiReport["vulnerabilities"];
};

// All but those that ask their author's server, guess passwords or paths from lists, or tell technologies by name, and
// the one that takes a page which says that there is no such record for a file.
const MODULES =
  "blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,xss";

/** Meant to be so: docs/security-findings.md says why. */
const EXPLAINED = /Lack of anti CSRF token|X-Frame-Options is not set|X-XSS-Protection is not set/;

async function runWapiti({ visitor, home, folder }: Parameters<Run>[0]) {
  const file = join(folder, "wapiti.json");
  const url = `${visitor}${home}`;
  const version = /[\d.]+$/.exec((await runProgram("wapiti", ["--version"])).trim())?.[0] ?? "unknown";
  await runProgram(
    "wapiti",
    [
      "-u",
      `${url}/`,
      "--scope",
      "folder",
      "-s",
      `${url}/balances`,
      "-s",
      `${url}/monitors/new`,
      "-m",
      MODULES,
      "--max-scan-time",
      "60",
      "--max-attack-time",
      "20",
      "--max-links-per-page",
      "10",
      "-d",
      "2",
      "-v",
      "0",
      "--flush-session",
      "--store-session",
      folder,
      "-f",
      "json",
      "-o",
      file,
    ],
    { seconds: 600 },
  );
  const { vulnerabilities, anomalies } = JSON.parse(readFileSync(file, "utf8")) as WapitiReport;
  const found = Object.entries({ ...vulnerabilities, ...anomalies }).flatMap(([kind, hits]) =>
    hits.map(({ path, info }) => `${kind} at ${path.replace(home, "/portal/…")}: ${info}`),
  );
  return {
    version,
    looked: "the portal, signed in, 15 modules",
    found: found.filter((line) => !EXPLAINED.test(line)),
  };
}

async function runSqlmap({ visitor, origin, home, launch, folder }: Parameters<Run>[0]) {
  const common = ["--batch", "--flush-session", "--output-dir", folder, "--level", "2", "--threads", "2"];
  const judged = ["--ignore-code", "400,401,404,409", "--technique", "BEUST", "--time-sec", "3"];
  const ids = JSON.stringify({ installed_app_id: "x", app_id: "x", instance_id: "x" });
  const targets = [
    ["-u", `${visitor}${home}/activity?q=x&page=1`],
    ["-u", `${visitor}${home}/monitors?q=x`],
    ["-u", `${visitor}${home}/balances/bln_1*`],
    ["-u", `${origin}/portal/enter?token=x`],
    ["-u", `${origin}${launch}`, "--data", ids, "--headers", "Content-Type: application/json"],
  ];
  const found: string[] = [];
  for (const target of targets) {
    const output = await runProgram("sqlmap", [...target, ...common, ...judged], { seconds: 400 });
    // It tests its own suspicions, so that its last word counts.
    const { length } = found;
    found.push(...(output.match(/^.*identified the following injection point.*$/gm) ?? []));
    const isThrough = /do not appear to be injectable/.test(output);
    if (!isThrough && found.length === length)
      found.push(
        `It came to no end at ${target[1]!.replace(home, "/portal/…")}: ${output.trim().split("\n").at(-1)}`,
      );
  }
  const version = (await runProgram("sqlmap", ["--version"])).split("#")[0]!;
  return { version, looked: `${targets.length} addresses, level 2`, found };
}

async function runSlowhttptest({ origin }: Parameters<Run>[0]) {
  const found: string[] = [];
  const attacks = { "slow headers": ["-H"], "slow bodies": ["-B"], "slow reads": ["-X"] };
  for (const [name, mode] of Object.entries(attacks)) {
    const output = await runProgram(
      "slowhttptest",
      [...mode, "-c", "500", "-i", "5", "-r", "250", "-l", "25", "-p", "3", "-u", `${origin}/healthz`],
      { seconds: 60 },
    );
    if (!/service available:[^Y]*YES/.test(output)) found.push(`Not available under ${name}.`);
  }
  const help = await runProgram("slowhttptest", ["-h"]);
  return {
    version: /version ([\d.]+)/.exec(help)?.[1] ?? "unknown",
    looked: "500 connections each of slow headers, bodies and reads",
    found,
  };
}

const SEEDS = 500;

async function runZzuf({ origin, launch, isAlive }: Parameters<Run>[0]) {
  const body = JSON.stringify({ installed_app_id: "x", app_id: "x", instance_id: "x" });
  const request = `POST ${launch} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const found: string[] = [];
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const fuzzed = await runProgram("zzuf", ["-s", String(seed), "-r", "0.0005:0.02"], { input: request });
    const answer = await sendRaw(Number(new URL(origin).port), Buffer.from(fuzzed, "latin1"));
    if (answer.startsWith("HTTP/1.1 5")) found.push(`Seed ${seed} was answered: ${answer.split("\r\n")[0]}`);
  }
  if (!(await isAlive())) found.push("The app does not answer any more.");
  const version = (await runProgram("zzuf", ["--version"])).split("\n")[0]!.replace(/^zzuf /, "");
  return { version, looked: `${SEEDS} requests with flipped bits`, found };
}

function sendRaw(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
    socket.setEncoding("latin1").setTimeout(3000, () => socket.destroy());
    socket.on("data", (text: string) => (received += text));
    socket.on("error", () => {}).on("close", () => resolve(received));
  });
}

async function runH2load({ origin, isAlive }: Parameters<Run>[0]) {
  const output = await runProgram("h2load", [
    "--h1",
    "-n",
    "20000",
    "-c",
    "200",
    "-m",
    "1",
    `${origin}/healthz`,
  ]);
  // It counts a status only with a reason phrase behind it, which HTTP leaves optional and ours does without.
  const isWhole = /20000 done, .* 0 errored, 0 timeout/.test(output);
  const found =
    isWhole && (await isAlive()) ? [] : [/requests: .*/.exec(output)?.[0] ?? "It came to no end."];
  const version = (await runProgram("h2load", ["--version"])).trim().replace(/^h2load /, "");
  return { version, looked: "20,000 requests by 200 connections", found };
}
