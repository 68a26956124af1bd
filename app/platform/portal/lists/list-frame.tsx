import type { ReactNode } from "react";
import { useLocation } from "react-router";

import type { Scope } from "#app/platform/permissions/scopes.ts";
import { EmptyNote } from "#app/ui/notes.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { CloudResultBlock } from "../cloud-result-block.tsx";
import type { CloudResult } from "../cloud-result.ts";
import { type ListPage, listSearch, PAGE_SIZE } from "./list-state.ts";

export type ListResult<Row> = {
  loadedAt: number;
  page: number;
  until: number | undefined;
  rows: Promise<CloudResult<ListPage<Row>>>;
};

/** A list's page: its filters, one page of rows, and the way to the others and to the file. */
export function ListFrame<Row>({
  title,
  noun,
  scope,
  action,
  filters,
  list,
  csv,
  empty,
  aside,
  children,
}: {
  title: string;
  /** One row and several: `["transaction row", "transaction rows"]`. */
  noun: readonly [one: string, many: string];
  /** What reading it from Blnk takes; nothing when it is kept here. */
  scope?: Scope;
  /** What is done here most. */
  action?: ReactNode;
  filters: ReactNode;
  list: ListResult<Row>;
  /** The last part of the file's address; identities have none. */
  csv?: string;
  /** What will be here, when there is nothing at all yet. */
  empty: string;
  /** What else can be done with the list, at its end. */
  aside?: ReactNode;
  children: (rows: Row[]) => ReactNode;
}) {
  const { search } = useLocation();
  return (
    <>
      <PageTitle actions={action}>{title}</PageTitle>
      {filters}
      <Card className="mt-4">
        <CloudResultBlock
          what={title}
          {...(scope && { scope })}
          reading={list.rows}
          resetKey={list.loadedAt}
          skeleton={
            <Skeleton
              label={`Loading ${noun[1]}`}
              rows={10}
              listClassName="divide-y divide-line"
              rowClassName="h-16 px-4 sm:h-11"
            />
          }
        >
          {(page) => (
            <>
              {page.rows.length > 0 ? (
                children(page.rows)
              ) : (
                <NoRows page={list.page} filtered={isFiltered(search)} empty={empty} />
              )}
              <Footer list={list} page={page} noun={noun} csv={csv} aside={aside} />
            </>
          )}
        </CloudResultBlock>
      </Card>
    </>
  );
}

function NoRows({ page, filtered, empty }: { page: number; filtered: boolean; empty: string }) {
  const { search } = useLocation();
  if (page > 1) {
    return (
      <EmptyNote>
        Nothing is on page {page}.{" "}
        <TextLink to={listSearch(search, { page: undefined })}>To the first page</TextLink>
      </EmptyNote>
    );
  }
  if (!filtered) return <EmptyNote>{empty}</EmptyNote>;
  return (
    <EmptyNote>
      Nothing matches. Look for less, or <TextLink to=".">clear the filters</TextLink>.
    </EmptyNote>
  );
}

function Footer<Row>({
  list,
  page,
  noun,
  csv,
  aside,
}: {
  list: ListResult<Row>;
  page: ListPage<Row>;
  noun: readonly [string, string];
  csv: string | undefined;
  aside: ReactNode;
}) {
  const { search } = useLocation();
  const until = String(list.until ?? list.loadedAt);
  const count = countText(page, noun);
  const first = (list.page - 1) * PAGE_SIZE + 1;
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2 border-t border-line px-4 py-3 text-small">
      <p className="text-quiet">
        {page.rows.length > 0 && `${number(first)} to ${number(first + page.rows.length - 1)} of `}
        {count}
      </p>
      {list.page > 1 && (
        <TextLink
          to={listSearch(search, { page: list.page === 2 ? undefined : String(list.page - 1), until })}
        >
          Previous
        </TextLink>
      )}
      {page.hasNext && (
        <TextLink to={listSearch(search, { page: String(list.page + 1), until })}>Next</TextLink>
      )}
      <span className="ms-auto flex flex-wrap gap-x-5 gap-y-2">
        {aside}
        {csv && page.rows.length > 0 && (
          // A plain link: a download attribute would ask without the frame's cookie.
          <a
            href={`${csv}${listSearch(search, { page: undefined, units: undefined, until }).replace(/^\.$/, "")}`}
            className="font-medium text-link underline-offset-4 hover:underline"
          >
            Download {count} as CSV
          </a>
        )}
      </span>
    </div>
  );
}

function countText({ total, estimate }: ListPage<unknown>, [one, many]: readonly [string, string]): string {
  if (total !== undefined) return `${number(total)} ${total === 1 ? one : many}`;
  return estimate === undefined ? `all ${many}` : `about ${number(estimate)} ${many}`;
}

function isFiltered(search: string): boolean {
  return [...new URLSearchParams(search)].some(([name, value]) => value !== "" && !PLACE.has(name));
}

const PLACE: ReadonlySet<string> = new Set(["page", "until", "units"]);

function number(value: number): string {
  return value.toLocaleString("en");
}
