import { noWrap } from "#app/ui/no-wrap.ts";

/** A decimal in major units, a count, or minutes, as an evaluation kept it. */
export function MonitorValue({ value }: { value: string | null | undefined }) {
  if (value === null || value === undefined) return null;
  const text = groupDigits(value);
  return <bdi className={`tabular-nums ${noWrap(text)}`}>{text}</bdi>;
}

function groupDigits(decimal: string): string {
  const [whole = "", ...fraction] = decimal.split(/(?=[. ])/);
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + fraction.join("");
}
