/**
 * An expected failure with a name. Domain code throws it, `http.server.ts` alone knows which HTTP status it is,
 * and its message is safe to show to whoever asked.
 */
export class DomainError<Code extends string = string> extends Error {
  override readonly name = "DomainError";
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type FieldProblem = { path: string; message: string };

/** A body without the fields it should have; each problem names its field and never repeats what was sent. */
export class InvalidBody extends DomainError<"invalid_body"> {
  readonly fields: FieldProblem[];

  constructor(fields: FieldProblem[]) {
    super("invalid_body", "The body does not have the fields that are expected here.");
    this.fields = fields;
  }
}
