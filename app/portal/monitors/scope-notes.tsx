import { RequiredScope, useGranted } from "#app/platform/portal/permission.tsx";

/** What monitors cannot do here for want of a permission, while they run. */
export function ScopeNotes() {
  const mayRead = useGranted("data:read");
  const mayAlert = useGranted("alerts:write");
  if (mayRead && mayAlert) return null;
  return (
    <ul className="mb-4 space-y-1 text-small text-quiet last:mb-0">
      {!mayRead && (
        <li>
          Nothing can be evaluated: <RequiredScope scope="data:read" />
        </li>
      )}
      {!mayAlert && (
        <li>
          Monitors run and their incidents are kept here, but no alert is raised:{" "}
          <RequiredScope scope="alerts:write" />
        </li>
      )}
    </ul>
  );
}
