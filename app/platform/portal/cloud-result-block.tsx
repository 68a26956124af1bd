import { type ReactNode, Suspense } from "react";
import { Await } from "react-router";

import type { Scope } from "#app/platform/permissions/scopes.ts";
import { EmptyNote, ErrorNote, MissingPermissionNote } from "#app/ui/notes.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { useGranted } from "./permission.tsx";
import type { CloudResult } from "./cloud-result.ts";

/**
 * A block of a page that arrives on its own: its skeleton, then what was read, or in words why not. `what` begins the
 * sentence, as in "Ledgers could not be read".
 */
export function CloudResultBlock<T>({
  what,
  scope,
  reading,
  resetKey,
  skeleton,
  children,
}: {
  what: string;
  /** What it takes to read it, if anything: without that there is nothing to wait for, and so no skeleton. */
  scope?: Scope;
  reading: Promise<CloudResult<T>>;
  /**
   * When this changes, the skeleton shows again. The moment at which the page was asked for; or, where something is typed
   * that must not go, what it is about: then what was read stays until it is read anew.
   */
  resetKey: number | string;
  skeleton: ReactNode;
  children: (value: T) => ReactNode;
}) {
  const isGranted = useGranted(scope);
  if (scope && !isGranted) return <MissingPermissionNote scope={scope} />;
  // The stream to the page broke or ran out of time, so not even the failure arrived.
  const lost: CloudResult<T> = {
    kind: "failed",
    message: "The answer did not arrive in time",
    requestId: "",
  };
  return (
    <Suspense key={resetKey} fallback={skeleton}>
      <Await resolve={reading} errorElement={<NotRead what={what} reading={lost} />}>
        {(reading) =>
          reading.kind === "ready" ? children(reading.value) : <NotRead what={what} reading={reading} />
        }
      </Await>
    </Suspense>
  );
}

/** What a reading adds to a part of the page that is there without it. */
export function WhenRead<T>({
  reading,
  fallback,
  children,
}: {
  reading: Promise<CloudResult<T>>;
  /** Stands there until it is read, and when it cannot be. */
  fallback?: ReactNode;
  children: (value: T) => ReactNode;
}) {
  return (
    <Suspense fallback={fallback}>
      <Await resolve={reading} errorElement={fallback}>
        {(reading) => (reading.kind === "ready" ? children(reading.value) : fallback)}
      </Await>
    </Suspense>
  );
}

/** Stands below a part whose length nobody knows before, and so arrives after it: nothing is pushed down. */
export function RevealAfter({ reading, children }: { reading: Promise<unknown>; children: ReactNode }) {
  return (
    <Suspense>
      <Await resolve={reading} errorElement={children}>
        {() => children}
      </Await>
    </Suspense>
  );
}

function NotRead({
  what,
  reading,
}: {
  what: string;
  reading: Exclude<CloudResult<unknown>, { kind: "ready" }>;
}) {
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
