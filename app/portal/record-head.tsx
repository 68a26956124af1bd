import type { ReactNode } from "react";

import { PageTitle } from "#app/ui/page-title.tsx";
import { ShortId, shortenId } from "#app/ui/short-id.tsx";

import { WhenRead } from "./reading-block.tsx";
import type { Reading } from "./reading.ts";

/** The head of a record's page: what it is, what people call it, which it is, and all that can be done with it. */
export function RecordHead({
  kind,
  id,
  name,
  children,
}: {
  kind: string;
  id: string;
  /** Left out on the pages about a record that are not its own. */
  name?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <>
      {name === undefined ? <PageTitle>{kind}</PageTitle> : <PageTitle kind={kind}>{name}</PageTitle>}
      <div className="mt-2 mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-small">
        <ShortId id={id} />
        {children && (
          <span className="flex min-h-9 flex-wrap items-center gap-2 max-sm:basis-full sm:justify-end">
            {children}
          </span>
        )}
      </div>
    </>
  );
}

/** A record's name in its head, once it is read; until then, and where it has none, its id. */
export function RecordName<T>({
  id,
  reading,
  children,
}: {
  id: string;
  reading: Promise<Reading<T>>;
  children: (value: T) => string | undefined;
}) {
  const known = <bdi>{shortenId(id)}</bdi>;
  return (
    <WhenRead reading={reading} fallback={known}>
      {(value) => {
        const name = children(value);
        return name ? <bdi>{name}</bdi> : known;
      }}
    </WhenRead>
  );
}
