import { TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation } from "react-router";

import { notStored } from "./not-stored.ts";

/** Stands over the page until it is left or sends something again. */
export function NotStoredNotice() {
  const { pathname } = useLocation();
  const [{ words, page }, setTold] = useState({ words: "", page: pathname });
  useEffect(() => {
    const show = (event: Event) =>
      setTold(({ page }) => ({ words: (event as CustomEvent<string>).detail, page }));
    notStored.addEventListener("told", show);
    return () => notStored.removeEventListener("told", show);
  }, []);
  if (page !== pathname) setTold({ words: "", page: pathname });
  return (
    <div
      role="alert"
      className="sticky top-2 z-10 flex items-center gap-2 rounded-panel border border-line bg-raised px-4 py-3 not-empty:mt-2 not-empty:shadow-floating empty:hidden"
    >
      {words && (
        <>
          <TriangleAlert aria-hidden className="size-4 shrink-0 text-bad" />
          <span>{words} What you typed is still here.</span>
        </>
      )}
    </div>
  );
}
