import { ButtonLink } from "#app/ui/button.tsx";

import { usePortalPath } from "#app/platform/portal/record-link.tsx";

/** To the form of a new monitor of this balance. */
export function WatchLink({ balanceId }: { balanceId: string }) {
  const portalPath = usePortalPath();
  const search = new URLSearchParams({ kind: "balance_threshold", balance_id: balanceId });
  return <ButtonLink to={portalPath(`monitors/new?${search}`)}>Watch this balance</ButtonLink>;
}
