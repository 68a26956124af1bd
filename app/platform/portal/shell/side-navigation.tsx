import { ExternalLink, LogOut } from "lucide-react";
import { useRef, useState } from "react";
import { NavLink } from "react-router";

import { app } from "#app/app.ts";

import type { Display } from "../display/display.ts";
import { screens } from "#app/navigation.ts";
import { DisplayButtons } from "./display-buttons.tsx";
import { Entry, ENTRY } from "./navigation-entry.tsx";
import { openInNewTab } from "./open-in-new-tab.ts";

export const NAVIGATION_ID = "navigation";

/** Labels on a wide page, icons with tooltips on a medium one, and on a phone a menu that opens over the page. */
export function SideNavigation({ launchId, display }: { launchId: string; display: Display }) {
  const menu = useRef<HTMLElement>(null);
  return (
    <div className="sm:border-e sm:border-line sm:bg-panel">
      <nav
        ref={menu}
        id={NAVIGATION_ID}
        aria-label={app.name}
        popover="auto"
        className="inset-auto top-13 right-3 m-0 w-60 flex-col gap-1 rounded-panel border border-line bg-panel p-2 text-text shadow-floating open:flex sm:sticky sm:top-0 sm:flex sm:h-dvh sm:w-full sm:overflow-visible sm:rounded-none sm:border-0 sm:bg-transparent sm:py-4 sm:shadow-none"
      >
        <div className="mb-3 hidden items-center justify-center gap-2.5 font-semibold sm:flex lg:justify-start lg:px-2">
          <img src="/favicon.svg" alt="" className="size-6" />
          <span className="hidden lg:inline">{app.name}</span>
        </div>
        {screens.map(({ name, path, Icon }) => (
          <NavLink
            key={path}
            to={path}
            end={path === "."}
            className={ENTRY}
            onClick={() => menu.current?.hidePopover()}
          >
            <Entry Icon={Icon}>{name}</Entry>
          </NavLink>
        ))}
        <div className="mt-auto flex flex-col gap-1 border-t border-line pt-2 max-sm:mt-1">
          <DisplayButtons launchId={launchId} display={display} />
          <NewTabButton launchId={launchId} />
          <form method="post" action={`/portal/${launchId}/end`}>
            <button type="submit" className={ENTRY}>
              <Entry Icon={LogOut}>End this session</Entry>
            </button>
          </form>
        </div>
      </nav>
    </div>
  );
}

const NEW_TAB_WORDS = {
  opened: "Open in a new tab",
  too_many: "Too many tabs, wait two minutes",
  failed: "No tab could be opened, try again",
};

function NewTabButton({ launchId }: { launchId: string }) {
  const [outcome, setOutcome] = useState<keyof typeof NEW_TAB_WORDS>("opened");
  const open = async () => setOutcome(await openInNewTab(launchId));
  return (
    <button type="button" className={ENTRY} onClick={() => void open()}>
      <Entry Icon={ExternalLink}>{NEW_TAB_WORDS[outcome]}</Entry>
    </button>
  );
}
