import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { copyText } from "./copy-text.ts";
import { Tooltip } from "./tooltip.tsx";

const SHOWN_MS = 2000;

/** An id shortened in the middle: whole on focus and hover, copied by a click. */
export function ShortId({ id }: { id: string }) {
  const [outcome, setOutcome] = useState<"copied" | "refused">();
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () => setOutcome((await copyText(id)) ? "copied" : "refused");
  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <Tooltip side="start" text={outcome === "refused" ? `Copy it from here: ${id}` : id}>
      <button
        type="button"
        onClick={() => void copy()}
        className="inline-flex items-center gap-1.5 rounded-panel text-text"
      >
        <bdi>{shortenId(id)}</bdi>
        <Icon aria-hidden className="size-3.5 shrink-0 text-quiet" />
        <span className="sr-only">, copy {id}</span>
      </button>
      <output className="sr-only">
        {outcome === "copied" && "Copied"}
        {outcome === "refused" && "Your browser did not allow copying"}
      </output>
    </Tooltip>
  );
}

/** The kind and the last four characters tell ids apart: `bln_4f1c…09ab`. */
export function shortenId(id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`;
}
