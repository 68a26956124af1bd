/** What a person reads of a page, its scripts left out. */
export function wordsOf(html: string): string {
  return html
    .replaceAll(/<script[ >].*?<\/script>/gs, "")
    .replaceAll("<!-- -->", "")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");
}
