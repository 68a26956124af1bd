import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const AUTOCANNON = fileURLToPath(import.meta.resolve("autocannon/autocannon.js"));
const WRK = ["/usr/bin/wrk", "/usr/local/bin/wrk"].find((path) => existsSync(path));

/** What a slice of load saw. Only answers in the 200s count. */
export type Load = { perSecond: number; p50: number; p99: number; failed: number };

export const LOAD_TOOL = WRK ? "wrk" : "autocannon";

/** Posts JSON over so many connections; `<id>` in the body is another one in each request. */
export async function postLoad(
  url: string,
  body: string,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Load> {
  return WRK
    ? await withWrk(WRK, url, body, { seconds, connections })
    : await withAutocannon(url, body, { seconds, connections });
}

let slices = 0;

async function withWrk(
  wrk: string,
  url: string,
  body: string,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-load-"));
  const script = join(folder, "post.lua");
  slices += 1;
  writeFileSync(script, wrkScript(body, `${Date.now().toString(36)}${slices}`));
  try {
    const { stdout } = await run(wrk, [
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      "--timeout",
      "30s",
      "-s",
      script,
      url,
    ]);
    const [, summary] = /^JSON (.*)$/m.exec(stdout) ?? [];
    return JSON.parse(summary!) as Load;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wrkScript(body: string, prefix: string): string {
  const parts = body.split("<id>").map((part) => `[==[${part}]==]`);
  return `
local count = 0
function request()
  count = count + 1
  local id = "${prefix}_" .. count
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, ${parts.join(" .. id .. ")})
end
function done(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('JSON {"perSecond":%f,"p50":%f,"p99":%f,"failed":%d}\\n',
    (summary.requests - summary.errors.status) / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end
`;
}

async function withAutocannon(
  url: string,
  body: string,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Load> {
  const load = ["-c", String(connections), "-d", String(seconds), "-m", "POST"];
  const content = ["-H", "content-type=application/json", "-b", body.replaceAll("<id>", "[<id>]"), "-I"];
  const { stdout } = await run(process.execPath, [AUTOCANNON, ...load, ...content, "-j", url]);
  const result = JSON.parse(stdout) as {
    "2xx": number;
    non2xx: number;
    errors: number;
    duration: number;
    latency: { p50: number; p99: number };
  };
  return {
    perSecond: result["2xx"] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.non2xx + result.errors,
  };
}
