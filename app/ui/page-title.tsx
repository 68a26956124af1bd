import type { ReactNode } from "react";

/**
 * The page's one heading, with what says more of it above, and beside it what can be done here. On a phone the heading is
 * the top line, beside the menu, and what can be done comes first of the page.
 */
export function PageTitle({
  above,
  actions,
  children,
}: {
  above?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <header className="order-first max-sm:contents sm:flex sm:flex-wrap sm:items-start sm:justify-between sm:gap-x-6 sm:gap-y-2 sm:pt-4">
      <div className="order-first -mx-3 flex min-h-12 min-w-0 flex-col justify-center border-b border-line py-2 ps-3 pe-16 sm:mx-0 sm:min-h-0 sm:flex-1 sm:basis-48 sm:border-0 sm:p-0">
        {above}
        <h1 className="text-title leading-tight font-semibold">{children}</h1>
      </div>
      {actions && (
        <div className="flex min-h-9 flex-wrap items-center gap-2 max-sm:mb-4 sm:ms-auto sm:justify-end">
          {actions}
        </div>
      )}
    </header>
  );
}
