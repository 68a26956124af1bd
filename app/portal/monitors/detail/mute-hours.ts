/** How long a monitor may be muted for at once. */
export const MUTE_HOURS = [
  { hours: 1, words: "1 hour" },
  { hours: 8, words: "8 hours" },
  { hours: 24, words: "1 day" },
  { hours: 24 * 7, words: "7 days" },
  { hours: 24 * 30, words: "30 days" },
];
