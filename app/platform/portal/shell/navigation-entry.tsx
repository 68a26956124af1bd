import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** What every entry of the navigation looks like, be it a link or a button. */
export const ENTRY =
  "group/entry relative flex min-h-9 w-full items-center gap-3 rounded-panel px-2.5 py-2 text-start font-medium text-quiet hover:bg-raised hover:text-text aria-[current=page]:bg-raised aria-[current=page]:text-text sm:max-lg:justify-center sm:max-lg:px-0";

/** On a medium page the label is the icon's tooltip. */
export function Entry({ Icon, children }: { Icon: LucideIcon; children: ReactNode }) {
  return (
    <>
      <Icon aria-hidden className="size-4.5 shrink-0" />
      <span
        aria-live="polite"
        className="sm:max-lg:pointer-events-none sm:max-lg:absolute sm:max-lg:start-full sm:max-lg:z-20 sm:max-lg:ms-2 sm:max-lg:rounded-panel sm:max-lg:border sm:max-lg:border-line sm:max-lg:bg-raised sm:max-lg:px-2 sm:max-lg:py-1 sm:max-lg:text-small sm:max-lg:whitespace-nowrap sm:max-lg:text-text sm:max-lg:opacity-0 sm:max-lg:shadow-floating sm:max-lg:group-hover/entry:opacity-100 sm:max-lg:group-focus-visible/entry:opacity-100"
      >
        {children}
      </span>
    </>
  );
}
