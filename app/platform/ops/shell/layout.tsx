import { Outlet } from "react-router";

import { OpsShell } from "./ops-shell.tsx";

import { requireOperator } from "../require-operator.server.ts";

export { OpsError as ErrorBoundary } from "./ops-error.tsx";

export const middleware = [requireOperator];

/** Asked on every screen, so that the guard runs for each of them. */
export function loader() {
  return null;
}

export default function OpsLayout() {
  return (
    <OpsShell>
      <Outlet />
    </OpsShell>
  );
}
