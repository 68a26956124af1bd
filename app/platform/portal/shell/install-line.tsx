import { CircleCheck, CircleX, Clock } from "lucide-react";
import type { ComponentProps } from "react";

import { app } from "#app/app.ts";
import { Pill } from "#app/ui/pill.tsx";
import { ShortId } from "#app/ui/short-id.tsx";

import type { PortalFrame } from "./portal-frame.ts";

type Words = ComponentProps<typeof Pill> & { more?: string };

const KEY: Record<PortalFrame["key"], Words> = {
  working: { tone: "good", Icon: CircleCheck, children: "Key working" },
  unverified: { tone: "quiet", Icon: Clock, children: "Key being checked" },
  rejected: {
    tone: "bad",
    Icon: CircleX,
    children: "Key rejected",
    more: `Blnk Cloud no longer accepts this install's key, so nothing is read or watched. Uninstall ${app.name} in Blnk Cloud and install it again; it is also tried again here by itself.`,
  },
};

/** Which Blnk instance this is, and whether its key works. */
export function InstallLine({ instanceId, standing }: { instanceId: string; standing: PortalFrame["key"] }) {
  const { more, ...pill } = KEY[standing];
  return (
    <div className="mt-3 mb-4 space-y-2 text-small sm:mt-1.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="inline-flex items-center gap-1.5">
          <span className="text-quiet max-sm:sr-only">Instance</span>
          <ShortId id={instanceId} />
        </span>
        <Pill {...pill} />
      </div>
      {more && <p className="max-w-prose">{more}</p>}
    </div>
  );
}
