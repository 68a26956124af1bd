import { RelativeTime } from "#app/ui/relative-time.tsx";

/** When a record was made, where Blnk says so. */
export function CreatedAt({ at, loadedAt }: { at: number | undefined; loadedAt: number }) {
  return at === undefined ? "time not known" : <RelativeTime at={at} loadedAt={loadedAt} />;
}
