import type { ReactNode } from "react";

import { PageTitle } from "#app/ui/page-title.tsx";

export function OpsPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <div className="mt-4 grid gap-6">{children}</div>
    </>
  );
}
