import type { ReactNode } from "react";

import { PageTitle } from "#app/ui/page-title.tsx";
import { ShortId, shortenId } from "#app/ui/short-id.tsx";

import { WhenRead } from "./cloud-result-block.tsx";
import type { CloudResult } from "./cloud-result.ts";

/** The head of a record's page: what it is, which it is, what people call it, and all that can be done with it. */
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
    <PageTitle
      actions={children}
      above={
        <p className="flex flex-wrap items-center gap-x-3 text-label text-quiet">
          {name !== undefined && (
            <span aria-hidden className="font-medium tracking-wider uppercase">
              {kind}
            </span>
          )}
          <ShortId id={id} />
        </p>
      }
    >
      {name === undefined ? (
        kind
      ) : (
        <>
          <span className="sr-only">{kind} </span>
          {name}
        </>
      )}
    </PageTitle>
  );
}

/** A record's name in its head, once it is read; until then, and where it has none, its id. */
export function RecordName<T>({
  id,
  reading,
  children,
}: {
  id: string;
  reading: Promise<CloudResult<T>>;
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
