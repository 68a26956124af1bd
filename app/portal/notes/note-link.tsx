import { PermittedLink } from "#app/platform/portal/permission.tsx";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";

/** To the note that people keep with a record. */
export function NoteLink({ entityId }: { entityId: string }) {
  const portalPath = usePortalPath();
  return (
    <PermittedLink scope="data:write" to={portalPath(`note/${encodeURIComponent(entityId)}`)}>
      Note
    </PermittedLink>
  );
}
