import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { urlToken } from "#app/platform/installs/url-token.server.ts";
import { installBody } from "#tests/support/blnk-payloads.ts";
import { startScript } from "#tests/support/run-script.ts";
import "#tests/support/built-app.ts";
import { PUBLIC_URL, temporaryDirectory, testEnvironment } from "#tests/support/test-environment.ts";

/** The process that the script started, as the kernel sees it. */
function statusOf(parent: number): Record<string, string> {
  const [child] = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ");
  const lines = readFileSync(`/proc/${child}/status`, "utf8").trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(/:\s+/) as [string, string]));
}

test("the image's tree serves with production packages only, read-only, without root and within 256 MB", async () => {
  const data = temporaryDirectory();
  const env = testEnvironment(data, { DATA: data, LOG_LEVEL: "info", DATABASE_URL: undefined });
  const image = startScript("image", [], { env, cwd: data });
  onTestFinished(() => void image.kill("SIGTERM"));
  await expect.poll(() => image.out, { timeout: 60_000, interval: 100 }).toContain('"event":"listening"');
  const { port } = JSON.parse(image.out.split("\n").find((line) => line.includes("listening"))!) as {
    port: number;
  };
  const origin = `http://127.0.0.1:${port}`;
  expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  const page = await fetch(`${origin}/portal/none`);
  expect([page.status, page.headers.get("content-security-policy")]).toEqual([
    401,
    expect.stringContaining("frame-ancestors"),
  ]);

  const callback = `${origin}/api/callback/${urlToken("callback", env.URL_SECRETS!)}`;
  const post = (index: number) =>
    fetch(callback, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(installBody({ installed_app_id: `i_${index}` })),
    });
  const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => post(index)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(existsSync(join(data, "tidemark.db"))).toBe(true);

  const status = statusOf(image.pid!);
  expect(Number.parseInt(status.VmHWM!, 10) / 1024).toBeLessThan(256);
  if (process.getuid?.() === 0) expect(status.Uid).toMatch(/^65534\t65534/);

  image.kill("SIGTERM");
  expect(await image.ended).toBe(0);
  expect(readdirSync(data)).toContain("tidemark.db");
}, 120_000);

test("the Dockerfile runs node itself as a user of no rights, with a health check's answer on the volume it names", () => {
  const dockerfile = readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8");
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(
    /^CMD \["node", "--max-old-space-size=96", "--max-semi-space-size=4", "scripts\/serve.ts"\]$/m,
  );
  const fly = readFileSync(new URL("../../fly.toml", import.meta.url), "utf8");
  expect(fly).toContain('destination = "/data"');
  expect(dockerfile).toContain("DATABASE_URL=file:/data/tidemark.db");
  expect(PUBLIC_URL).toMatch(/^https:/);
});
