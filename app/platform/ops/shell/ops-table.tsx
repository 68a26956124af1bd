import type { ReactNode } from "react";

import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";

export type OpsRow = { key: string | number; cells: readonly ReactNode[] };

/** Rows under their columns; where it is narrow each is a block in which every value stands beside its column's name. */
export function OpsTable({
  label,
  columns,
  rows,
  empty,
}: {
  label: string;
  columns: readonly string[];
  rows: readonly OpsRow[];
  /** What will be here, when there is nothing. */
  empty: string;
}) {
  if (rows.length === 0) return <EmptyNote>{empty}</EmptyNote>;
  return (
    <Card>
      <table aria-label={label} className="w-full text-start text-small max-lg:block">
        <thead className="max-lg:sr-only">
          <tr className="border-b border-line text-label text-quiet">
            {columns.map((column) => (
              <th key={column} scope="col" className="px-3 py-2 text-start font-medium wrap-break-word">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line max-lg:block">
          {rows.map(({ key, cells }) => (
            <tr key={key} className="max-lg:block max-lg:py-2">
              {cells.map((cell, index) => (
                <td
                  key={columns[index]}
                  data-column={columns[index]}
                  className="px-3 py-2 align-top wrap-break-word max-lg:flex max-lg:justify-between max-lg:gap-4 max-lg:py-1 max-lg:text-end max-lg:before:shrink-0 max-lg:before:text-quiet max-lg:before:content-[attr(data-column)] max-lg:empty:hidden"
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** An id or an address in a cell: it may break anywhere, but not into crumbs. */
export function LongWord({ children }: { children: ReactNode }) {
  return <span className="inline-block min-w-28 wrap-anywhere">{children}</span>;
}
