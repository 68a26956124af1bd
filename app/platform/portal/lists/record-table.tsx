import type { ReactNode } from "react";

export type Column = {
  name: string;
  /** Stands at the end of its column, as figures and times do. */
  atEnd?: boolean;
  /** Left out where the table is not wide. */
  wideOnly?: boolean;
};

/*
 * Shown as anything but a table, a table is no table to a screen reader unless its parts say so: hence the roles.
 */
/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role */

/** The rows of a list: a table, and on a phone two lines each. */
export function RecordTable({
  label,
  columns,
  children,
}: {
  label: string;
  columns: readonly Column[];
  children: ReactNode;
}) {
  return (
    <div className="@container">
      <table role="table" aria-label={label} className="block w-full text-small sm:table">
        <thead role="rowgroup" className="max-sm:sr-only">
          <tr role="row">
            {columns.map(({ name, atEnd, wideOnly }) => (
              <th
                key={name}
                role="columnheader"
                scope="col"
                className={`px-2 py-2 text-label font-medium text-quiet first:ps-4 last:pe-4 ${
                  atEnd ? "text-end" : "text-start"
                } ${wideOnly ? "@max-4xl:hidden" : ""}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="block sm:table-row-group">
          {children}
        </tbody>
      </table>
    </div>
  );
}

/** Positioned, so that a link in it can cover it. */
export function RecordRow({ children }: { children: ReactNode }) {
  return (
    <tr
      role="row"
      className="relative grid min-h-16 grid-cols-[minmax(0,1fr)_fit-content(30%)_fit-content(30%)] content-center items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 hover:bg-raised max-sm:first:border-t-0 sm:table-row sm:h-11"
    >
      {children}
    </tr>
  );
}

/** On a phone `title` and `figure` make the first line, `state` and `end` the second; a `wide` cell is there in a wide table only. */
const PLACES = {
  title: "max-sm:col-start-1 max-sm:row-start-1",
  figure: "text-end max-sm:col-span-2 max-sm:col-start-2 max-sm:row-start-1",
  state: "max-sm:col-span-2 max-sm:col-start-1 max-sm:row-start-2",
  end: "text-end text-quiet max-sm:col-start-3 max-sm:row-start-2 sm:whitespace-nowrap",
  wide: "@max-4xl:hidden",
  wideFigure: "text-end @max-4xl:hidden",
};

export function Cell({ place, children }: { place: keyof typeof PLACES; children: ReactNode }) {
  return (
    <td role="cell" className={`min-w-0 sm:px-2 sm:py-1.5 sm:first:ps-4 sm:last:pe-4 ${PLACES[place]}`}>
      {place === "figure" || place === "wideFigure" ? (
        <div className="sm:min-w-30">{children}</div>
      ) : (
        children
      )}
    </td>
  );
}
