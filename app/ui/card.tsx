import type { ReactNode } from "react";

/** A panel within a panel is no more than what is in it. */
export function Card({ className = "", children }: { className?: string; children: ReactNode }) {
  return (
    <div className={`panel rounded-panel border border-line bg-panel in-[.panel]:border-0 ${className}`}>
      {children}
    </div>
  );
}
