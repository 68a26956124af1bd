import type { Scope } from "#app/platform/permissions/scopes.ts";

/** What one block of a page read from Cloud, or why it has nothing to show. A value, so that no other block suffers. */
export type CloudResult<T> =
  | { kind: "ready"; value: T }
  | { kind: "missing_scope"; scope: Scope }
  | { kind: "key_rejected" }
  | {
      kind: "failed";
      /** Fit for people. */
      message: string;
      requestId: string;
    };
