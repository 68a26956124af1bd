import { RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { Form, useNavigation } from "react-router";

import { EmptyNote } from "#app/ui/notes.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";

import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import type { Shown } from "./load-overview.server.ts";

/** A block from a shared scan, which may still be going on. */
export function ScanBlock<T>({
  what,
  reading,
  loadedAt,
  skeleton,
  children,
}: {
  what: string;
  reading: Promise<Shown<T>>;
  loadedAt: number;
  skeleton: ReactNode;
  children: (value: T, at: number) => ReactNode;
}) {
  return (
    <CloudResultBlock what={what} scope="data:read" reading={reading} resetKey={loadedAt} skeleton={skeleton}>
      {(scanned) =>
        scanned ? (
          children(scanned.value, scanned.at)
        ) : (
          <EmptyNote>
            {what} are still being counted. The counting goes on; load the page again in a moment.
          </EmptyNote>
        )
      }
    </CloudResultBlock>
  );
}

/** How old a scan is, and the way to a new one. */
export function ScanAge({ at, loadedAt, children }: { at: number; loadedAt: number; children?: ReactNode }) {
  const isRefreshing = useNavigation().formMethod === "POST";
  return (
    <Form
      method="post"
      action="?index"
      preventScrollReset
      className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-small text-quiet"
    >
      {children}
      <span>
        Counted <RelativeTime at={at} loadedAt={loadedAt} />
      </span>
      <button
        type="submit"
        disabled={isRefreshing}
        className="inline-flex items-center gap-1.5 font-medium text-link underline-offset-4 hover:underline"
      >
        <RefreshCw aria-hidden className="size-3.5" />
        Count again
      </button>
    </Form>
  );
}
