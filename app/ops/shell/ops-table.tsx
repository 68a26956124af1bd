import type { ReactNode } from "react";

import { EmptyNote } from "#app/ui/notes.tsx";
import { Panel } from "#app/ui/panel.tsx";

export type OpsRow = { key: string | number; cells: readonly ReactNode[] };

/** Rows under their columns; on a phone each is a block in which every value stands beside its column's name. */
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
    <Panel>
      <table aria-label={label} className="w-full text-start text-small max-sm:block">
        <thead className="max-sm:sr-only">
          <tr className="border-b border-line text-label text-quiet">
            {columns.map((column) => (
              <th key={column} scope="col" className="px-3 py-2 text-start font-medium">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line max-sm:block">
          {rows.map(({ key, cells }) => (
            <tr key={key} className="max-sm:block max-sm:py-2">
              {cells.map((cell, index) => (
                <td
                  key={columns[index]}
                  data-column={columns[index]}
                  className="px-3 py-2 align-top max-sm:flex max-sm:justify-between max-sm:gap-4 max-sm:py-1 max-sm:text-end max-sm:before:text-quiet max-sm:before:content-[attr(data-column)]"
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
