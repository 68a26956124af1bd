export const HISTORY_DAYS = [7, 30, 90] as const;
