import { parseJson } from "#app/blnk/transport/lossless-json.ts";
import type { Platform } from "#app/context.server.ts";
import { DomainError, InvalidBody } from "#app/errors.ts";
import { readFormData } from "#app/form-body.server.ts";
import { importMonitors } from "#app/monitors/import-monitors.server.ts";
import type { PortalSession } from "#app/sessions/portal-session.server.ts";

import { authorOf } from "../author.server.ts";

const MAX_BYTES = 1024 * 1024;
/** What a form is larger than its file. */
const FORM_BYTES = 64 * 1024;

/** What is wrong in words, each with where it is. */
export type ImportOutcome = { created: number; problems?: never } | { created?: never; problems: string[] };

/** Creates the monitors of a file, or else of what was pasted: all of them or none. */
export async function importFromForm(
  { db, clock, worker }: Pick<Platform, "db" | "clock" | "worker">,
  session: PortalSession,
  request: Request,
): Promise<ImportOutcome> {
  try {
    const data = await readFormData(request, 2 * MAX_BYTES + FORM_BYTES);
    const text = await textOf(data);
    if (text.trim() === "") return { problems: ["Choose a file, or paste its text."] };
    if (Buffer.byteLength(text) > MAX_BYTES) return { problems: [TOO_LARGE] };
    const { created, errors } = await importMonitors(db, authorOf(session), parseJson(text), {
      skipExisting: data.get("skip_existing") === "1",
      now: clock.now(),
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

async function textOf(data: FormData): Promise<string> {
  const file = data.get("file");
  if (file instanceof File && file.size > 0) return await file.text();
  const text = data.get("text");
  return typeof text === "string" ? text : "";
}
