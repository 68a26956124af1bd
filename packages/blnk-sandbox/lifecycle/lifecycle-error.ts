/** A request that Cloud refuses before it sends the app anything. */
export class LifecycleError extends Error {
  readonly code: "unknown" | "invalid" | "conflict" | "forbidden" | "unreachable";

  constructor(code: LifecycleError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
