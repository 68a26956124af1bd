import { type Outcome, SELECTION, type SubjectResult } from "./facts.ts";

export function resultOf(
  subject: string,
  outcome: Outcome,
  {
    entity,
    value,
    compared_to,
    reason,
  }: { [K in "entity" | "value" | "compared_to" | "reason"]?: SubjectResult[K] } = {},
): SubjectResult {
  return { subject, outcome, entity, value, compared_to, reason };
}

/** The selection and every tracked subject could not be read, or not be judged. */
export function allUnknown(tracked: ReadonlySet<string>, reason: string): SubjectResult[] {
  return [...new Set([SELECTION, ...tracked])].map((subject) => resultOf(subject, "unknown", { reason }));
}

/** Adds the tracked subjects that have no result: they are gone, or unknown when there was a problem. */
export function withUnseen(
  results: SubjectResult[],
  tracked: ReadonlySet<string>,
  problem: string | undefined,
): SubjectResult[] {
  const seen = new Set(results.map(({ subject }) => subject));
  const unseen = [...tracked].filter((subject) => !seen.has(subject));
  if (problem === undefined) return [...results, ...unseen.map((subject) => resultOf(subject, "gone"))];
  if (!seen.has(SELECTION) && !tracked.has(SELECTION)) unseen.push(SELECTION);
  return [...results, ...unseen.map((subject) => resultOf(subject, "unknown", { reason: problem }))];
}

/** For kinds of events, whose tracked subjects are over: only what could not be read is a state. */
export function withProblem(
  events: SubjectResult[],
  tracked: ReadonlySet<string>,
  problem: string | undefined,
): SubjectResult[] {
  if (problem !== undefined) return [...events, resultOf(SELECTION, "unknown", { reason: problem })];
  return tracked.has(SELECTION) ? [...events, resultOf(SELECTION, "gone")] : events;
}
