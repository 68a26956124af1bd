import { app } from "#app/app.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePermission } from "#app/platform/portal/require-permission.server.ts";
import { MAYBE_DONE_IN_BLNK } from "#app/platform/portal/write-client.server.ts";
import { NotePage } from "#app/portal/notes/note-page.tsx";
import { loadNote, noteSchema, saveOwnNote } from "#app/portal/notes/save-note.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";

import type { Route } from "./+types/note.ts";
import { openReads } from "#app/platform/portal/open-reads.server.ts";

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Note · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  return loadNote(openReads(args).readCloud, args.params.entityId);
}

export function action({ request, params, context }: Route.ActionArgs) {
  return refuseInWords(
    context,
    async () => {
      const session = context.get(sessionContext);
      requirePermission(session, "data:write");
      requirePermission(session, "data:read");
      const { value, refuse } = await readForm(request, noteSchema);
      if (!value) return { outcome: undefined, form: refuse() };
      const outcome = await saveOwnNote(context.get(platformContext), session, params.entityId, value);
      return { outcome, form: refuse() };
    },
    MAYBE_DONE_IN_BLNK,
  );
}

export default function NoteRoute({ loaderData, actionData }: Route.ComponentProps) {
  return <NotePage {...loaderData} result={actionData} />;
}
