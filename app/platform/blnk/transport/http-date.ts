const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Epoch ms of a header's date in the one form that HTTP still writes; undefined for anything else. */
export function readHttpDate(header: unknown): number | undefined {
  if (typeof header !== "string" || !HTTP_DATE.test(header.trim())) return undefined;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : at;
}
