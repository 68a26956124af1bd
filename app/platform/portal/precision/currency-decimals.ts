/** How many decimals an install assumes for a currency: 2 for cents. */
export type CurrencyDecimals = { currency: string; decimals: number };

const MOST = 18;

export const decimalChoices: readonly number[] = Array.from({ length: MOST + 1 }, (_, decimals) => decimals);
