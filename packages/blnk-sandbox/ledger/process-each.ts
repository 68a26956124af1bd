import { CoreError } from "./core-error.ts";

/** Does what it can of several rows, as Core does: an error of one is told only after the others are done. */
export function processEach<Row, Result>(rows: readonly Row[], process: (row: Row) => Result): Result[] {
  const results: Result[] = [];
  const errors: CoreError[] = [];
  for (const row of rows) {
    try {
      results.push(process(row));
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      errors.push(error);
    }
  }
  const [first] = errors;
  if (first === undefined) return results;
  const messages = errors.map(({ message }) => message).join(" ");
  throw new CoreError(first.code, `error occurred during processing: [${messages}]`);
}
