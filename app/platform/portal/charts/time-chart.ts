/** A chart over time as it is drawn; places are percent of the plot from its top left corner. */
export type TimeChart = {
  /** SVG paths in a square of 1000 units. */
  line: string;
  fill: string;
  points: {
    at: number;
    text: string;
    /** Where it begins to hold, until the next. */
    from: number;
    x: number;
    y: number;
  }[];
  lines: { text: string; y: number; zero: boolean }[];
  from: number;
  until: number;
  /** What is named below the plot: the beginnings of days in UTC, or over a short time some of its hours. */
  dates: { of: "days" | "hours"; at: number[] };
};
