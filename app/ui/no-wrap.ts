/** The longest that a phone's line has room for beside something else. */
const SHORT = 24;

/**
 * Classes for a word or an amount: in one piece when it is short, even in a narrow column. A longer one still breaks
 * anywhere, since nothing that Blnk sends may widen the page.
 */
export function noWrap(text: string): string {
  return text.length <= SHORT ? "whitespace-nowrap" : "";
}
