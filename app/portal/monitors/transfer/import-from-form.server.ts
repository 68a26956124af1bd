import { z } from "zod";

import { parseJson } from "#app/platform/blnk/transport/lossless-json.ts";
import type { Platform } from "#app/platform/context.server.ts";
import { DomainError, InvalidBody } from "#app/platform/errors.ts";
import { importMonitors } from "#app/monitors/import-monitors.server.ts";
import { requireForm } from "#app/platform/http/read-form.server.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";

import { authorOf } from "../author.server.ts";

const MAX_BYTES = 1024 * 1024;
/** What a form is larger than its file. */
const FORM_BYTES = 64 * 1024;

const importSchema = z.object({
  file: z.file().optional(),
  text: z.string().default(""),
  skip_existing: z.literal("1").optional(),
});

/** What is wrong in words, each with where it is. */
export type ImportOutcome = { created: number; problems?: never } | { created?: never; problems: string[] };

/** Creates the monitors of a file, or else of what was pasted: all of them or none. */
export async function importFromForm(
  { db, cloud, worker }: Pick<Platform, "db" | "cloud" | "worker">,
  session: PortalSession,
  request: Request,
): Promise<ImportOutcome> {
  try {
    const form = await requireForm(request, importSchema, 2 * MAX_BYTES + FORM_BYTES);
    const text = form.file && form.file.size > 0 ? await form.file.text() : form.text;
    if (text.trim() === "") return { problems: ["Choose a file, or paste its text."] };
    if (Buffer.byteLength(text) > MAX_BYTES) return { problems: [TOO_LARGE] };
    const { created, errors } = await importMonitors(db, authorOf(session), parseJson(text), {
      skipExisting: form.skip_existing !== undefined,
      now: cloud.clock.now(),
    });
    if (errors.length > 0)
      return {
        problems: errors.map(({ index, path, message }) => `Monitor ${index + 1}: ${path} ${message}.`),
      };
    worker.wake();
    return { created };
  } catch (error) {
    if (error instanceof SyntaxError) return { problems: ["This is not JSON."] };
    if (error instanceof InvalidBody)
      return { problems: error.fields.map(({ path, message }) => `${path} ${message}.`) };
    if (error instanceof DomainError && error.code === "body_too_large") return { problems: [TOO_LARGE] };
    throw error;
  }
}

const TOO_LARGE = "This is larger than 1 MiB. Import it in parts.";
