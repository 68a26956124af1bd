import SqliteDatabase from "better-sqlite3";
import { expect } from "vitest";

import type { ServerProcess } from "./start-server-process.ts";

/**
 * What must hold while a running server's disk refuses to write, and after: nothing is acknowledged, what is there can
 * still be read, and it recovers without a restart.
 */
export async function expectToWithstand(
  server: ServerProcess,
  file: string,
  { begin, end }: { begin: () => void; end: () => void },
): Promise<void> {
  expect((await server.install()).status).toBe(200);
  const { page, cookie } = await server.enter();
  const stored = countEvents(file);

  begin();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const refused = await server.install({ installed_app_id: `instapp_during_${attempt}` });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await refused.text()).not.toMatch(/sqlite|disk|i\/o/i);
  }
  const launch = await server.launch();
  expect(launch.status).toBe(503);
  expect(await launch.text()).not.toContain("portal_url");
  await expect.poll(async () => (await server.request("/readyz")).status, { timeout: 20_000 }).toBe(503);
  expect((await server.request("/healthz")).status).toBe(200);
  expect((await server.request(`${page}/activity`, { headers: { cookie } })).status).toBe(200);
  expect(countEvents(file)).toBe(stored);

  end();
  await expect.poll(async () => (await server.request("/readyz")).status, { timeout: 20_000 }).toBe(200);
  expect((await server.install({ installed_app_id: "instapp_after" })).status).toBe(200);
  expect((await server.launch()).status).toBe(200);
  expect(countEvents(file)).toBe(stored + 1);
}

function countEvents(file: string): number {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    return (db.prepare("select count(*) as n from received_events").get() as { n: number }).n;
  } finally {
    db.close();
  }
}
