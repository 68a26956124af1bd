import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { copyProject } from "#tests/support/copy-project.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

/** `npm run dev` in a fresh clone, and where its sandbox's dashboard listens. */
async function develop(folder: string) {
  const { PATH, HOME } = process.env;
  // Its own group: npm does not pass a signal on.
  const child = spawn("npm", ["run", "dev"], {
    cwd: folder,
    env: { PATH, HOME, TMPDIR: temporaryDirectory() },
    detached: true,
  });
  const written = collect(child);
  onTestFinished(async () => {
    const closed = once(child, "close");
    process.kill(-child.pid!, "SIGTERM");
    await closed;
  });
  const dashboard = () => /dashboard: (\S+)/.exec(written())?.[1];
  await expect.poll(() => dashboard() ?? child.exitCode, { timeout: 120_000 }).not.toBeNull();
  expect(dashboard(), written()).toBeDefined();
  return { dashboard: dashboard()!, written };
}

function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return () => text;
}

/** Wherever in `app/` it is. */
function editSource(folder: string, from: string, to: string): void {
  const file = globSync("app/**/*.ts", { cwd: folder }).find((path) =>
    readFileSync(join(folder, path), "utf8").includes(from),
  );
  expect(file, from).toBeDefined();
  const path = join(folder, file!);
  writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
}

type State = {
  apps: { registration_callback_url: string }[];
  installs: { installed_app_id: string; state: string }[];
};

test("a fresh clone is developed without a .env, and a change in server code is served by a new server", async () => {
  const folder = copyProject();
  const { dashboard, written } = await develop(folder);
  const state = (await (await fetch(`${dashboard}/api/state`)).json()) as State;
  expect(state.installs).toMatchObject([{ state: "active" }]);
  const callback = state.apps[0]!.registration_callback_url;
  const launch = async () => {
    const path = `/api/installs/${state.installs[0]!.installed_app_id}/launch`;
    const headers = { "content-type": "application/json" };
    const answer = await fetch(dashboard + path, { method: "POST", headers, body: "{}" });
    const { portal_url } = (await answer.json()) as { portal_url: string };
    return (await fetch(portal_url, { headers: { "sec-fetch-dest": "document" }, redirect: "manual" }))
      .status;
  };
  expect(await launch()).toBe(302);
  const refused = async () => {
    try {
      return await (await fetch(callback, { method: "DELETE" })).text();
    } catch {
      // Between two servers nobody listens.
      return "";
    }
  };
  expect(await refused()).toContain("Only POST does anything here.");

  editSource(folder, "Only POST does anything here.", "Only POST works here.");
  await expect.poll(refused, { timeout: 60_000 }).toContain("Only POST works here.");

  // What the server and its routes know each other by: a route reloads alone, this takes a new server.
  const restarts = () => written().split("restarted").length - 1;
  const before = restarts();
  editSource(folder, "createContext<Platform>()", "createContext<Platform>(undefined)");
  await expect.poll(restarts, { timeout: 60_000 }).toBeGreaterThan(before);
  expect(await launch()).toBe(302);
}, 300_000);
