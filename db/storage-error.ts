/**
 * The database could not do what it was asked, through no fault of the one who asked.
 * `not_begun`: the unit of work never started (it waited too long, its caller has gone, or the database is closing),
 * so nothing was applied. `failed`: the disk or the file refused, and nothing of the unit was kept.
 */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: "not_begun" | "failed";

  constructor(code: "not_begun" | "failed", message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
