import { Menu } from "lucide-react";
import type { ReactNode } from "react";

import { TimeZone } from "#app/ui/relative-time.tsx";

import { InstallLine } from "./install-line.tsx";
import { NotStoredNotice } from "./not-stored-notice.tsx";
import type { PortalFrame } from "./portal-frame.ts";
import { SessionNotice } from "./session-notice.tsx";
import { NAVIGATION_ID, SideNavigation } from "./side-navigation.tsx";

/** The frame of every screen. */
export function PortalShell({
  launchId,
  frame,
  children,
}: {
  launchId: string;
  frame: PortalFrame;
  children: ReactNode;
}) {
  return (
    <div className="min-h-dvh sm:grid sm:grid-cols-[3.75rem_minmax(0,1fr)] lg:grid-cols-[13rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-20 rounded-panel bg-raised px-3 py-2 font-medium text-link focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <button
        type="button"
        popoverTarget={NAVIGATION_ID}
        aria-label="Menu"
        className="absolute top-1.5 right-3 z-10 grid size-9 place-content-center rounded-panel border border-line bg-panel sm:hidden"
      >
        <Menu aria-hidden className="size-4.5" />
      </button>
      <SideNavigation launchId={launchId} display={frame.display} />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto flex w-full max-w-[75rem] min-w-0 flex-col px-3 pb-8 outline-none sm:px-6"
      >
        <InstallLine instanceId={frame.instanceId} standing={frame.key} />
        <NotStoredNotice />
        <SessionNotice remainingMs={frame.remainingMs} />
        <TimeZone value={frame.display.timeZone}>{children}</TimeZone>
      </main>
    </div>
  );
}
