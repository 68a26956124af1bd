import { Lock, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { Card } from "./card.tsx";

// What stands where something could be read, but was not.

/** Nothing is there yet: what will appear here, and the one thing to do. */
export function EmptyNote({ children }: { children: ReactNode }) {
  return (
    <Card className="p-4">
      <p className="text-quiet">{children}</p>
    </Card>
  );
}

/** Something may be there, but not for this install. */
export function MissingPermissionNote({ scope }: { scope: string }) {
  return (
    <Card className="flex items-start gap-2 p-4 text-quiet">
      <Lock aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p>
        needs <code className="font-sans font-medium text-text">{scope}</code>
      </p>
    </Card>
  );
}

/** What failed, whether anything happened, and what to do; the id finds it in the operator's log. */
export function ErrorNote({
  failed,
  happened,
  todo,
  requestId,
}: {
  failed: ReactNode;
  happened: string;
  todo: ReactNode;
  requestId?: string | undefined;
}) {
  return (
    <Card className="flex items-start gap-2 p-4">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div role="alert" className="min-w-0 space-y-1">
        <p className="font-medium">{failed}</p>
        <p className="text-quiet">{happened}</p>
        <p>{todo}</p>
        {requestId && <p className="text-label text-quiet">Request {requestId}</p>}
      </div>
    </Card>
  );
}
