import { z } from "zod";

import { type NoteOutcome, noteVersion, readNote, saveNote } from "#app/actions/own-note.server.ts";
import { recordActivity } from "#app/platform/activity/activity.server.ts";
import { actorOf, type PortalSession } from "#app/platform/sessions/portal-session.server.ts";

import { type Writing, writeClient } from "#app/platform/portal/write-client.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";

export const noteSchema = z.object({
  note: z
    .string()
    .transform((text) => text.replaceAll("\r\n", "\n").trim())
    .pipe(z.string().max(2000, "At most 2,000 characters")),
  seen: z.string().max(100),
});

export function loadNote(readCloud: ReadCloud, entityId: string) {
  return {
    entityId,
    note: readCloud("data:read", async (client) => {
      const text = await readNote(client, entityId);
      return { text, seen: noteVersion(text) };
    }),
  };
}

const BUDGET_MS = 30_000;

/** Saves a note, together with who did so. */
export async function saveOwnNote(
  platform: Writing,
  session: PortalSession,
  entityId: string,
  input: z.output<typeof noteSchema>,
): Promise<NoteOutcome> {
  const outcome = await saveNote(writeClient(platform, session, BUDGET_MS), entityId, input);
  await platform.db.write((tx) =>
    recordActivity(
      tx,
      {
        ...actorOf(session),
        action: "note.saved",
        target: entityId,
        result: outcome.kind === "saved" ? (input.note === "" ? "taken away" : "done") : outcome.problem,
      },
      platform.clock.now(),
    ),
  );
  return outcome;
}
