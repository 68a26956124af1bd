const DEFAULT_EXPONENT = 2;

/** ISO 4217 currencies whose minor unit is not a hundredth. */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...exponent(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
  ...exponent(3, "BHD IQD JOD KWD LYD OMR TND"),
  ...exponent(4, "CLF UYW"),
]);

/**
 * Minor units per major unit by ISO 4217: 100 for USD, 1 for JPY, 1000 for KWD, and 100 for a code ISO does not know.
 * It is only an assumption about a Blnk balance, which has no precision of its own.
 */
export function currencyPrecision(currency: string): bigint {
  return 10n ** BigInt(EXPONENTS.get(currency.toUpperCase()) ?? DEFAULT_EXPONENT);
}

function exponent(digits: number, currencies: string): [string, number][] {
  return currencies.split(" ").map((currency) => [currency, digits]);
}
