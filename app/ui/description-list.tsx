import type { ReactNode } from "react";

/** What is known of a record: terms and what they are. Those without a value are left out. */
export function DescriptionList({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[fit-content(40%)_minmax(0,1fr)] gap-x-4 gap-y-2 p-4 text-small">
      {children}
    </dl>
  );
}

export function Fact({ term, children }: { term: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <>
      <dt className="text-quiet">{term}</dt>
      <dd className="min-w-0">{typeof children === "string" ? <bdi>{children}</bdi> : children}</dd>
    </>
  );
}
