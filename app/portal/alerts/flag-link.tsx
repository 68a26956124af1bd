import { PermittedLink } from "#app/platform/portal/permission.tsx";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";

/** To the form that raises an alert about a record. */
export function FlagLink({ entityId }: { entityId: string }) {
  const portalPath = usePortalPath();
  return (
    <PermittedLink scope="alerts:write" to={portalPath(`flag/${encodeURIComponent(entityId)}`)}>
      Flag
    </PermittedLink>
  );
}
