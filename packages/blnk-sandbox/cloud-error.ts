/** A refusal of Cloud itself. Only one of them is documented: every status and text here is assumed (contract B.2). */
export class CloudError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
