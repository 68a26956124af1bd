/** A status that an alert can have; custom ones belong to the whole organization. */
export type StatusChoice = { key: string; name: string; colour: string | undefined };

const BUILT_IN: readonly StatusChoice[] = [
  { key: "FLAGGED", name: "Flagged", colour: "#F59E0B" },
  { key: "INVESTIGATING", name: "Investigating", colour: "#3B82F6" },
  { key: "RESOLVED", name: "Resolved", colour: "#10B981" },
];

const COLOUR = /^#[0-9a-f]{6}$/i;

/** The built-in statuses, which Cloud does not list, and the organization's own. */
export function statusChoices(
  custom: readonly { key: string; name: string | undefined; colour: string | undefined }[],
): StatusChoice[] {
  const own = custom.map(({ key, name, colour }) => ({
    key: key.toUpperCase(),
    name: name ?? key,
    colour: colour && COLOUR.test(colour) ? colour : undefined,
  }));
  return [...BUILT_IN.filter(({ key }) => !own.some((status) => status.key === key)), ...own];
}

/** What an alert's status is called; one that nobody defined is shown as it was sent. */
export function choiceOf(status: string | undefined, choices: readonly StatusChoice[]): StatusChoice {
  const key = (status ?? "").toUpperCase();
  return (
    choices.find((choice) => choice.key === key) ?? { key, name: status ?? "No status", colour: undefined }
  );
}
