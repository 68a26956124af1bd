import type { ReactNode } from "react";

const SIDES = { start: "start-0", end: "end-0" };

/** What is around it, with more to read on hover and focus. */
export function Tooltip({
  text,
  side,
  children,
}: {
  text: string;
  side: keyof typeof SIDES;
  children: ReactNode;
}) {
  return (
    <span className="group/tip relative inline-flex">
      {children}
      <span
        role="tooltip"
        className={`absolute top-full z-10 mt-1 hidden w-max max-w-[min(20rem,70vw)] rounded-panel border border-line bg-raised px-2 py-1 text-small text-text shadow-floating group-focus-within/tip:block group-hover/tip:block ${SIDES[side]}`}
      >
        {text}
      </span>
    </span>
  );
}
