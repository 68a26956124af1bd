import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import sirv from "sirv";
import { expect, onTestFinished, test } from "vitest";

import { readEnv } from "#app/platform/http/env.server.ts";
import type * as Server from "#app/server.ts";
import { copyProject, ROOT } from "#tests/support/copy-project.ts";
import { IDS, installBody, launchBody } from "#tests/support/blnk-payloads.ts";
import { PUBLIC_URL, temporaryDirectory, testEnvironment } from "#tests/support/test-environment.ts";
import { startStandInCloud } from "#tests/support/stand-in-cloud.ts";

const PAGE = readFileSync(join(ROOT, "docs/extending.md"), "utf8");

function run(folder: string, command: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin", command), args, {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
}

/** The project, and the page's steps done to it in their order. */
function followThePage(): string {
  const folder = copyProject();
  const commands = PAGE.split("\n").filter(
    (line) => line.startsWith("    ") && /^ {4}(grep|perl|rm|find) /.test(line),
  );
  expect(commands.length).toBeGreaterThan(4);
  for (const command of commands) execFileSync("sh", ["-ec", command], { cwd: folder });
  for (const [, path, content] of PAGE.matchAll(/```tsx? (\S+)\n(.*?)```/gs)) {
    mkdirSync(dirname(join(folder, path!)), { recursive: true });
    writeFileSync(join(folder, path!), content!);
  }
  return folder;
}

test("another app is made as the page says: it passes the check, and its portal opens from a launch", async () => {
  const folder = followThePage();
  run(folder, "oxfmt", ["."]);
  run(folder, "react-router", ["typegen"]);
  run(folder, "tsc", []);
  run(folder, "oxlint", ["--type-aware"]);
  // Nothing is missing; what is left over is for whoever makes the app to judge.
  run(folder, "knip", ["--include", "unlisted,unresolved"]);
  run(folder, "vitest", ["run", "tests/http/launch.test.ts", "tests/platform/installs/sealer.test.ts"]);

  const cloud = await startStandInCloud();
  const env = testEnvironment(temporaryDirectory(), { BLNK_API_URL: cloud.url });
  const { startServer } = createRequire(import.meta.url)(
    join(folder, "build/server/index.js"),
  ) as typeof Server;
  const server = await startServer(readEnv(env), { serveStatic: sirv(join(folder, "build/client")) });
  onTestFinished(() => server.stop());

  const origin = `http://127.0.0.1:${server.port}`;
  const manifest = JSON.parse(
    execFileSync(process.execPath, ["scripts/manifest.ts", "--json"], {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: "utf8",
      stdio: "pipe",
    }),
  ) as Record<string, string>;
  expect(manifest.display_name).toBe("Hello");
  const post = (url: string, body: object) =>
    fetch(url.replace(PUBLIC_URL, origin), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect((await post(manifest.registration_callback_url!, installBody())).status).toBe(200);
  const launch = await post(manifest.portal_generator_url!, launchBody());
  const { portal_url } = (await launch.json()) as { portal_url: string };
  const enter = await fetch(portal_url.replace(PUBLIC_URL, origin), {
    redirect: "manual",
    headers: { "sec-fetch-dest": "document" },
  });
  expect(enter.status).toBe(302);
  const cookie = enter.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const page = await fetch(new URL(enter.headers.get("location")!.split("?")[0]!, origin), {
    headers: { cookie },
  });
  expect(page.status).toBe(200);
  expect(await page.text()).toMatch(new RegExp(`Hello, (<!-- -->)?${IDS.instance_id}`));
}, 240_000);
