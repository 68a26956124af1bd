/** What came of one request to an app. `body` is cut at 64 KiB; a redirect is an answer like any other. */
export type Answer =
  | { outcome: "answered"; status: number; body: string }
  | { outcome: "timed_out" | "unreachable" };

export function isSuccess(answer: Answer): answer is Extract<Answer, { outcome: "answered" }> {
  return answer.outcome === "answered" && answer.status >= 200 && answer.status < 300;
}

export function explainFailure(answer: Answer, timeoutMs: number): string {
  if (answer.outcome === "answered") return `the app answered ${answer.status}`;
  if (answer.outcome === "unreachable") return "the app could not be reached";
  return `the app did not answer within ${timeoutMs / 1000} s`;
}
