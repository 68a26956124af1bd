import { subscribe } from "node:diagnostics_channel";
import { existsSync } from "node:fs";

import SqliteDatabase from "better-sqlite3";

import { readHarm } from "./harm.ts";

// Imported before the app.
const { requestMs, everySecondMs, startMs, heldMegabytes = 0, droppedIndexes = [] } = readHarm();
const file = process.env["DATABASE_URL"]!.slice("file:".length);

if (startMs) work(startMs);
if (requestMs) subscribe("http.server.request.start", () => work(requestMs));
if (everySecondMs) setInterval(() => work(everySecondMs), 1000).unref();
Object.assign(globalThis, { held: Buffer.alloc(heldMegabytes * 1024 ** 2, 1) });
if (droppedIndexes.length > 0 && existsSync(file)) {
  const db = new SqliteDatabase(file);
  for (const index of droppedIndexes) db.exec(`drop index ${index}`);
  db.close();
}

function work(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
