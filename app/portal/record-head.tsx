import type { ReactNode } from "react";

import { PageTitle } from "#app/ui/page-title.tsx";
import { ShortId } from "#app/ui/short-id.tsx";

/** The head of a record's page: what it is, which, and what can be done with any of its kind. */
export function RecordHead({ kind, id, children }: { kind: string; id: string; children?: ReactNode }) {
  return (
    <>
      <PageTitle>{kind}</PageTitle>
      <div className="mt-2 mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-small">
        <ShortId id={id} />
        {children}
      </div>
    </>
  );
}
