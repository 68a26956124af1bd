import type { z } from "zod";

import { InvalidBody } from "#app/platform/errors.ts";

import type { Monitor } from "./monitor.ts";
import { buildMonitor } from "./build-monitor.ts";
import { monitorSchema } from "./monitor-schema.ts";

/** `index` is the monitor's place in the list, `path` its field: `condition.rearm`. No message repeats what was sent. */
export type MonitorProblem = { index: number; path: string; message: string };

const MAX_MONITORS = 1_000;
const MAX_DEPTH = 8;

/**
 * Reads the body of an import, `{"monitors":[…]}`, as `parseJson` gave it: all of its monitors, or all that is wrong.
 *
 * @throws InvalidBody when it is not that shape, nests deeper than 8 levels or has over 1,000 monitors
 */
export function readMonitors(body: unknown): { monitors: Monitor[]; problems: MonitorProblem[] } {
  const list = listOf(body);
  const monitors: Monitor[] = [];
  const problems: MonitorProblem[] = [];
  list.forEach((value, index) => {
    const read = readMonitor(value);
    if (read.monitor) monitors.push(read.monitor);
    else problems.push(...read.problems.map((problem) => ({ index, ...problem })));
  });
  return { monitors, problems };
}

/** Reads one monitor, from a form or from storage. */
export function readMonitor(
  value: unknown,
): { monitor: Monitor; problems?: never } | { monitor?: never; problems: Omit<MonitorProblem, "index">[] } {
  const parsed = schema.safeParse(value, { error: wordsFor });
  return parsed.success ? { monitor: parsed.data } : { problems: parsed.error.issues.flatMap(problemsOf) };
}

const schema = monitorSchema.transform(buildMonitor);

function listOf(body: unknown): unknown[] {
  const list = typeof body === "object" && body !== null && "monitors" in body ? body.monitors : undefined;
  if (!Array.isArray(list))
    throw new InvalidBody([{ path: "monitors", message: "must be a list of monitors" }]);
  if (list.length > MAX_MONITORS) {
    throw new InvalidBody([{ path: "monitors", message: `must have at most ${MAX_MONITORS} entries` }]);
  }
  if (nestsDeeperThan(body, MAX_DEPTH)) {
    throw new InvalidBody([{ path: "monitors", message: `must not nest deeper than ${MAX_DEPTH} levels` }]);
  }
  return list;
}

function nestsDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return limit === 0 || Object.values(value).some((item) => nestsDeeperThan(item, limit - 1));
}

const NAMEABLE = /^[A-Za-z0-9_]{1,64}$/;

function problemsOf(issue: z.core.$ZodIssue): Omit<MonitorProblem, "index">[] {
  const { path, message } = issue;
  if (issue.code !== "unrecognized_keys") return [{ path: pathText(path), message }];
  return issue.keys.map((key) => ({
    path: pathText(NAMEABLE.test(key) ? [...path, key] : path),
    message: "is not a field of this kind of monitor",
  }));
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((key) => (/^[\w.]{1,128}$/.test(String(key)) ? String(key) : "?")).join(".");
}

const TYPE_WORDS: Record<string, string> = {
  string: "must be text",
  number: "must be a number",
  int: "must be a whole number",
  boolean: "must be true or false",
  array: "must be a list",
  object: "must be an object",
};

/** What zod says by itself is for programmers; messages given in the schema stay. */
function wordsFor(issue: z.core.$ZodRawIssue): string | undefined {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other codes have their words in the schema
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is missing" : TYPE_WORDS[issue.expected];
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(" ")}`;
    case "invalid_union":
      return issue.discriminator === undefined
        ? "must be a number"
        : `must be one of ${monitorSchema.options.map(({ shape }) => shape.kind.value).join(" ")}`;
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? "must not be empty"
        : `must be at least ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "string") return `must be at most ${issue.maximum} characters`;
      return issue.origin === "array"
        ? `must have at most ${issue.maximum} entries`
        : `must be at most ${issue.maximum}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? "is not a field here";
    default:
      return undefined;
  }
}
