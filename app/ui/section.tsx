import { type ReactNode, useId } from "react";

/** A part of a page under its small upper-case label and a hairline rule. */
export function Section({
  label,
  className = "",
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`min-w-0 ${className}`}>
      <h2
        id={id}
        className="mb-2 flex items-center gap-3 text-label font-medium tracking-wider text-quiet uppercase after:h-px after:flex-1 after:bg-line"
      >
        {label}
      </h2>
      {children}
    </section>
  );
}
