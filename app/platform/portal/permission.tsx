import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { useRouteLoaderData } from "react-router";

import type { Scope } from "#app/platform/permissions/scopes.ts";
import { Button, ButtonLink } from "#app/ui/button.tsx";

import type { PortalFrame } from "./shell/portal-frame.ts";

/** Whatever takes no permission is granted. */
export function useGranted(scope: Scope | undefined): boolean {
  const frame = useRouteLoaderData<PortalFrame>("platform/portal/shell/layout");
  return scope === undefined || (frame?.scopes.includes(scope) ?? false);
}

/** A way to a form that needs a permission; without it, it is there, disabled, and says which. */
export function PermittedLink({
  scope,
  to,
  kind = "plain",
  children,
}: {
  scope: Scope;
  to: string;
  kind?: "primary" | "plain";
  children: ReactNode;
}) {
  if (useGranted(scope))
    return (
      <ButtonLink kind={kind} to={to}>
        {children}
      </ButtonLink>
    );
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Button kind={kind} disabled>
        {children}
      </Button>
      <RequiredScope scope={scope} />
    </span>
  );
}

/** Stands beside a control that is disabled for want of a permission. */
export function RequiredScope({ scope }: { scope: Scope }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-small text-quiet">
      <Lock aria-hidden className="size-3.5 shrink-0" />
      needs {scope}
    </span>
  );
}
