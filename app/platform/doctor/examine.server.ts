import type { Env } from "#app/platform/http/env.server.ts";
import type { Database } from "#db/database.server.ts";

import { type Finding, onPromise, PROMISES } from "./finding.ts";
import { inspectHost } from "./inspect-host.server.ts";
import { inspectSite, type Site } from "./inspect-site.server.ts";

const WORST = ["pass", "unknown", "warn", "fail"] as const;

/**
 * The whole report: Blnk's thirteen points in their order, then the facts. `host` is there only on the machine that the
 * app runs on; elsewhere it is the reason why not.
 */
export async function examine(
  site: Site,
  host: { db: Pick<Database, "read">; env: Env } | string,
  { now, version }: { now: number; version: string },
): Promise<Finding[]> {
  const findings = await inspectSite(site);
  if (typeof host === "string") findings.push({ title: "Host", result: "unknown", why: host });
  else findings.push(...(await inspectHost(host, now)));
  const facts = findings.filter(({ promise }) => promise === undefined);
  facts.push({
    title: "Version",
    result: "pass",
    why: `${version}, Node ${process.versions.node} (where the doctor runs).`,
  });
  return [...PROMISES.map((_, index) => joined(index + 1, findings)), ...facts];
}

/** A point may be seen from both sides; the worse one decides, and both are told. */
function joined(promise: number, findings: Finding[]): Finding {
  const seen = findings.filter((finding) => finding.promise === promise);
  if (seen.length === 0)
    return onPromise(promise, "unknown", UNSEEN[promise] ?? "Cannot be seen without an answer.");
  const known = seen.filter(({ result }) => result !== "unknown");
  const told = known.length > 0 ? known : seen;
  const result = WORST[Math.max(...told.map((finding) => WORST.indexOf(finding.result)))]!;
  return onPromise(promise, result, told.map(({ why }) => why).join(" "));
}

const ON_THE_MACHINE = "Seen on the machine only.";

const UNSEEN: Record<number, string> = {
  1: ON_THE_MACHINE,
  4: ON_THE_MACHINE,
  5: ON_THE_MACHINE,
  6: ON_THE_MACHINE,
  7: "Cannot be seen without a session; tests/security/promise-07-permissions.test.ts proves it of this version.",
  8: "Cannot be seen without a key; tests/security/promise-08-own-instance.test.ts proves it of this version.",
};
