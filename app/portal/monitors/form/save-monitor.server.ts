import type { Submission } from "@conform-to/react/future";

import { DomainError, InvalidBody } from "#app/platform/errors.ts";
import type { Platform } from "#app/platform/context.server.ts";
import { explainMonitor } from "#app/monitors/definition/explain-monitor.ts";
import type { Monitor } from "#app/monitors/definition/monitor.ts";
import { changeMonitor, createMonitors, findMonitor } from "#app/monitors/monitors.server.ts";
import { monitorsForLedger } from "#app/monitors/monitors-for-ledger.server.ts";
import { previewMonitor } from "#app/monitors/preview.server.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { authorOf } from "../author.server.ts";
import type { ShownPreview } from "./preview-card.tsx";
import { readMonitorForm } from "./read-monitor-form.server.ts";

export type Saving = Pick<Platform, "db" | "cloud" | "worker">;

/** Previews or creates what the form of a new monitor says: one monitor, or one for each balance of a ledger. */
export async function createFromForm(
  platform: Saving,
  session: PortalSession,
  readCloud: ReadCloud,
  submission: Submission,
) {
  const { monitor, asked, ledgerId, answer } = readMonitorForm(submission);
  if (!monitor) return { answer: { form: answer() } };
  const now = platform.cloud.clock.now();
  if (asked === "preview")
    return { answer: { form: answer(), preview: await preview(readCloud, monitor, now) } };

  const found = ledgerId === undefined ? [monitor] : await forLedger(readCloud, monitor, ledgerId, now);
  if (typeof found === "string") return { answer: { form: answer(found) } };
  const saved = await createNew(platform.db, session, found, now);
  if (typeof saved === "string") return { answer: { form: answer(saved) } };
  platform.worker.wake();
  return { saved };
}

/** The ids of those whose name is not there yet, or in words why there are none. */
async function createNew(
  { write }: Saving["db"],
  session: PortalSession,
  monitors: readonly Monitor[],
  now: number,
): Promise<string[] | string> {
  try {
    return await write(async (tx) => {
      const wanted = await withNewNames(tx, session, monitors);
      return wanted.length === 0 ? TAKEN : await createMonitors(tx, authorOf(session), wanted, now);
    });
  } catch (error) {
    if (!(error instanceof InvalidBody)) throw error;
    const [problem] = error.fields;
    return `The ${problem!.path} ${problem!.message}. Nothing was saved.`;
  }
}

/** Previews or stores a change of the monitor `id`; undefined when there is none. */
export async function changeFromForm(
  platform: Saving,
  session: PortalSession,
  readCloud: ReadCloud,
  { id, submission }: { id: string; submission: Submission },
) {
  const { db, cloud, worker } = platform;
  const stored = await findMonitor(db.read, session.install.installed_app_id, id);
  if (!stored) return undefined;
  const { monitor, asked, answer } = readMonitorForm(submission, stored.monitor);
  if (!monitor) return { answer: { form: answer() } };
  const now = cloud.clock.now();
  if (asked === "preview")
    return { answer: { form: answer(), preview: await preview(readCloud, monitor, now) } };

  const saved = await db.write(async (tx) => {
    const current = await findMonitor(tx, session.install.installed_app_id, id);
    // What is not in the form was taken from this revision, and what is was shown of it.
    if (current?.revision !== stored.revision || String(current.revision) !== submission.payload["revision"])
      return false;
    await changeMonitor(tx, authorOf(session), id, monitor, now);
    return true;
  });
  if (!saved) return { answer: { form: answer(CHANGED) } };
  worker.wake();
  return { saved: [id] };
}

const TAKEN = "There is a monitor of this name already. Nothing was saved.";
const CHANGED =
  "Somebody changed this monitor since the page was loaded. Nothing was saved; load the page again.";

async function preview(readCloud: ReadCloud, monitor: Monitor, now: number): Promise<ShownPreview> {
  const found = await readCloud("data:read", (client) => previewMonitor(client, monitor, now));
  return { explanation: explainMonitor(monitor), found };
}

/** The monitors, or in words why there are none. */
async function forLedger(
  readCloud: ReadCloud,
  template: Monitor,
  ledgerId: string,
  now: number,
): Promise<Monitor[] | string> {
  const reading = await readCloud("data:read", async (client) => {
    try {
      return await monitorsForLedger(client, template, ledgerId, now);
    } catch (error) {
      if (error instanceof DomainError) return error.message;
      throw error;
    }
  });
  switch (reading.kind) {
    case "ready":
      return reading.value.length === 0 ? "That ledger has no balances. Nothing was saved." : reading.value;
    case "missing_scope":
      return `The ledger's balances cannot be read: needs ${reading.scope}.`;
    case "key_rejected":
      return "The ledger's balances cannot be read while Blnk Cloud rejects the key.";
    case "failed":
      return `The ledger's balances could not be read. ${reading.message}. Nothing was saved.`;
  }
}

/** A form that is sent twice makes one monitor, and the template only those of balances that came since. */
async function withNewNames(
  tx: Tx,
  { install }: PortalSession,
  monitors: readonly Monitor[],
): Promise<Monitor[]> {
  const rows = await tx
    .selectFrom("monitors")
    .select("name")
    .where("installed_app_id", "=", install.installed_app_id)
    .where("deleted_at", "is", null)
    .execute();
  const names = new Set(rows.map(({ name }) => name));
  return monitors.filter(({ name }) => !names.has(name));
}
