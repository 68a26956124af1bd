import { amountText } from "#app/ui/money.tsx";

import { drawTimeChart } from "#app/platform/portal/charts/draw-time-chart.server.ts";
import { SLOT_MS, type WeekOfRows } from "./scan-week.server.ts";

const CURRENCIES_SHOWN = 6;

/** The week as two charts: how many rows were applied, and how much of one currency. */
export function drawWeek(week: WeekOfRows, currency: string | null) {
  const { currencies, from, until, ...rest } = week;
  const shown = currencies.find((candidate) => candidate.currency === currency) ?? currencies[0];
  const slots = Math.ceil((until - from + 1) / SLOT_MS);
  const counts = Array.from({ length: slots }, (_, slot) =>
    currencies.reduce((sum, { slots }) => sum + slots[slot]!.count, 0),
  );
  const at = (slot: number) => from + slot * SLOT_MS;
  return {
    ...rest,
    applied: counts.reduce((sum, count) => sum + count, 0),
    choices: currencies.slice(0, CURRENCIES_SHOWN).flatMap(({ currency }) => currency ?? []),
    count: drawTimeChart({
      from,
      until,
      shape: "bars",
      whole: true,
      points: counts.map((count, slot) => ({
        at: at(slot),
        value: count,
        text: count === 1 ? "1 row" : `${count.toLocaleString("en")} rows`,
      })),
    }),
    volume: shown && {
      currency: shown.currency,
      left_out: shown.left_out,
      chart: drawTimeChart({
        from,
        until,
        shape: "bars",
        points: shown.slots.map(({ minor }, slot) => ({
          at: at(slot),
          value: Number(minor) / Number(shown.precision),
          text: amountText({ minor, precision: shown.precision, currency: shown.currency }),
        })),
      }),
    },
  };
}
