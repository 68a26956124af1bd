import { PermittedLink } from "#app/platform/portal/permission.tsx";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";

/** To the form that adjusts a balance against another. */
export function AdjustLink({ balanceId }: { balanceId: string }) {
  const portalPath = usePortalPath();
  return (
    <PermittedLink scope="data:write" to={portalPath(`adjustment?from=${encodeURIComponent(balanceId)}`)}>
      Adjust
    </PermittedLink>
  );
}
