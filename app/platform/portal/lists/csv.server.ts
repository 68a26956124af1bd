import { ReadableStream } from "node:stream/web";

import { formatAmount } from "#app/money/format-amount.ts";
import { plainPage } from "#app/ui/plain-page.server.ts";

import type { CloudResult } from "../cloud-result.ts";

/** A column: text that other people wrote, or digits that we did. */
export type CsvColumn<Row> = { name: string } & (
  | { text: (row: Row) => string | undefined }
  | { digits: (row: Row) => string | undefined }
);

/** The rows as lines of a file, with one page of them in memory at a time. */
export async function* csvLines<Row>(
  columns: readonly CsvColumn<Row>[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, void, undefined> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const rows of pages) {
    yield rows.map((row) => csvLine(columns.map((column) => cellOf(column, row)))).join("");
  }
}

/**
 * Reads the first rows before the answer begins, so that a failure there is told in words. A later one breaks the
 * connection, which browsers report as a failed download.
 *
 * @throws whatever the first read throws
 */
export async function startLines(
  lines: AsyncGenerator<string, void, undefined>,
): Promise<AsyncGenerator<string>> {
  const head = await lines.next();
  const first = await lines.next();
  return (async function* () {
    try {
      yield head.value ?? "";
      if (!first.done) yield first.value;
      yield* lines;
    } finally {
      await lines.return();
    }
  })();
}

/** The file, or in words why there is none. */
export function csvResponse(name: string, reading: CloudResult<AsyncIterable<string>>): Response {
  if (reading.kind !== "ready") {
    const because = {
      missing_scope: "This needs the permission data:read, which this install was not granted.",
      key_rejected: "Nothing can be read while Blnk Cloud rejects the key.",
      failed: reading.kind === "failed" ? `${reading.message}.` : "",
    }[reading.kind];
    return plainPage({
      status: reading.kind === "missing_scope" ? 403 : 502,
      title: "No file was made",
      text: `${because} Nothing was changed.`,
      link: { href: "./", label: "Back to the overview" },
    });
  }
  return new Response(ReadableStream.from(encoded(reading.value)) as BodyInit, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${name}.csv"`,
    },
  });
}

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const line of lines) yield encoder.encode(line);
}

function cellOf<Row>(column: CsvColumn<Row>, row: Row): string {
  return "text" in column ? guarded(column.text(row) ?? "") : (column.digits(row) ?? "");
}

/** A spreadsheet would run what begins like this as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\r\n`;
}

/** In major units without grouping; empty where it has no finite decimal or is not known. */
export function exactAmount(minor: bigint | undefined, precision: bigint | undefined): string | undefined {
  if (minor === undefined || precision === undefined || precision < 1n) return undefined;
  const text = formatAmount(minor, precision, { grouping: false });
  return text.includes("/") ? undefined : text;
}

export function isoTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

/** Where nothing can match. */
export async function* noPages(): AsyncGenerator<never[]> {}
