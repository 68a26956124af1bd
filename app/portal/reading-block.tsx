import { type ReactNode, Suspense } from "react";
import { Await } from "react-router";

import { EmptyNote, ErrorNote, MissingPermissionNote } from "#app/ui/notes.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import type { Reading } from "./reading.ts";

/**
 * A block of a page that arrives on its own: its skeleton, then what was read, or in words why not. `what` begins the
 * sentence, as in "Ledgers could not be read".
 */
export function ReadingBlock<T>({
  what,
  reading,
  loadedAt,
  skeleton,
  children,
}: {
  what: string;
  reading: Promise<Reading<T>>;
  /** When the page was asked for: asking again shows the skeleton again. */
  loadedAt: number;
  skeleton: ReactNode;
  children: (value: T) => ReactNode;
}) {
  // The stream to the page broke or ran out of time, so not even the failure arrived.
  const lost: Reading<T> = { kind: "failed", message: "The answer did not arrive in time", requestId: "" };
  return (
    <Suspense key={loadedAt} fallback={skeleton}>
      <Await resolve={reading} errorElement={<NotRead what={what} reading={lost} />}>
        {(reading) =>
          reading.kind === "ready" ? children(reading.value) : <NotRead what={what} reading={reading} />
        }
      </Await>
    </Suspense>
  );
}

function NotRead({ what, reading }: { what: string; reading: Exclude<Reading<unknown>, { kind: "ready" }> }) {
  switch (reading.kind) {
    case "missing_scope":
      return <MissingPermissionNote scope={reading.scope} />;
    case "key_rejected":
      return <EmptyNote>{what} cannot be read while Blnk Cloud rejects the key.</EmptyNote>;
    case "failed":
      return (
        <ErrorNote
          failed={`${what} could not be read. ${reading.message}.`}
          happened="Nothing was changed."
          todo={<TextLink to=".">Try again</TextLink>}
          requestId={reading.requestId}
        />
      );
  }
}
