import { ErrorNote } from "#app/ui/notes.tsx";
import { ExactTime } from "#app/ui/relative-time.tsx";

import type { LateCheckShown } from "./find-late-check.server.ts";

/** Whoever sees no incident must not take it for good news. */
export function LateCheckNote({ late }: { late: LateCheckShown | undefined }) {
  if (!late) return null;
  return (
    <div className="mb-6">
      <ErrorNote
        failed={
          <>
            Monitors haven’t been checked since <ExactTime at={late.since} />.
          </>
        }
        happened="No alert is created until checks resume. They then read what happened in the meantime."
        todo={late.why}
      />
    </div>
  );
}
