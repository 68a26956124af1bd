/** Minor units per major unit that a balance is shown at; assumed when its newest applied rows do not tell. */
export type BalancePrecision = { precision: bigint; assumed: boolean };
