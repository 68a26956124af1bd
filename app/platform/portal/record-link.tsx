import type { ReactNode } from "react";
import { Link, useParams } from "react-router";

export type RecordKind = "balances" | "transactions" | "ledgers" | "identities" | "alerts" | "monitors";

/** The address of a portal page, from anywhere in the portal. */
export function usePortalPath(): (path: string) => string {
  const { launchId } = useParams();
  return (path) => `/portal/${launchId}/${path}`;
}

/** To the page of a record. `cover` makes the whole row around it, which must be positioned, lead there. */
export function RecordLink({
  kind,
  id,
  cover = false,
  children,
}: {
  kind: RecordKind;
  id: string;
  cover?: boolean;
  children: ReactNode;
}) {
  const portalPath = usePortalPath();
  return (
    <Link
      to={portalPath(`${kind}/${encodeURIComponent(id)}`)}
      className={
        cover
          ? "font-medium text-text after:absolute after:inset-0 hover:text-link"
          : "font-medium text-link underline-offset-4 hover:underline"
      }
    >
      {children}
    </Link>
  );
}
