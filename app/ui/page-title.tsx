import type { ReactNode } from "react";

/** The page's one heading; on a phone it is the top line, beside the menu. A record's says first of which kind it is. */
export function PageTitle({ kind, children }: { kind?: string; children: ReactNode }) {
  return (
    <header className="order-first -mx-3 flex min-h-12 items-center border-b border-line py-2 pr-16 pl-3 sm:mx-0 sm:border-0 sm:p-0 sm:pt-4">
      <h1 className="text-title leading-tight font-semibold">
        {kind && (
          <span className="block text-label leading-normal font-medium tracking-wider text-quiet uppercase">
            {kind}{" "}
          </span>
        )}
        {children}
      </h1>
    </header>
  );
}
