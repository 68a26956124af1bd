/** What the doctor found out about one point: `unknown` is honest about what cannot be seen from where it stands. */
export type Finding = {
  /** 1 to 13 for Blnk's pre-launch checklist, undefined for a fact of the host. */
  promise?: number;
  title: string;
  result: "pass" | "warn" | "fail" | "unknown";
  why: string;
};

/** The titles of Blnk's checklist, in its order. */
export const PROMISES = [
  "API keys encrypted at rest",
  "No secrets in logs, portal URLs, client code",
  "Install callback answers within 10 s",
  "Events deduplicated",
  "Uninstall disables and stops jobs",
  "Only needed scopes are asked for",
  "granted_permissions are checked",
  "Every Cloud call has its instance_id",
  "Public HTTPS URLs",
  "A tunnel for local work",
  "frame-ancestors on portal pages",
  "Fresh URL, short session per launch",
  "Portal → backend → Blnk",
] as const;

export function onPromise(promise: number, result: Finding["result"], why: string): Finding {
  return { promise, title: PROMISES[promise - 1]!, result, why };
}
