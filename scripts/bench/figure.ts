/** One measured figure, as it is printed and written to `--json`. */
export type Figure = {
  id: string;
  /** What was measured, in a few words. */
  name: string;
  figure: number;
  unit: string;
  goal: string;
  ok: boolean;
  /** Spread, parts and what else helps to read it. */
  detail: string;
};

export type BenchOptions = {
  /** A minute's look instead of figures to quote. */
  quick: boolean;
};

type Measured = Omit<Figure, "goal" | "ok"> & { least?: number; most?: number };

/** Holds a figure against its goal; one that is not a number has failed. */
export function judge({ least, most, ...measured }: Measured): Figure {
  const { figure, unit } = measured;
  const ok =
    Number.isFinite(figure) &&
    (least === undefined || figure >= least) &&
    (most === undefined || figure <= most);
  const goal = [
    ...(least === undefined ? [] : [`≥ ${least}`]),
    ...(most === undefined ? [] : [`≤ ${most}`]),
  ].join(", ");
  return { ...measured, goal: unit === "×" ? `${goal}×` : `${goal} ${unit}`.trim(), ok };
}
