import { useLocation } from "react-router";

import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { TimeChartFigure } from "#app/platform/portal/charts/time-chart-figure.tsx";
import { listSearch } from "#app/platform/portal/lists/list-state.ts";
import type { ShownWeek } from "./load-overview.server.ts";

export function WeekCount({ count, applied, rows, complete }: ShownWeek) {
  return (
    <Card className="p-4">
      <TimeChartFigure chart={count} label="Applied rows, every six hours" valueName="Rows" />
      <p className="mt-2 text-label text-quiet">
        {applied.toLocaleString("en")} applied, by when they were created.
        {!complete && ` Of ${rows.toLocaleString("en")} rows; there are more.`}
      </p>
    </Card>
  );
}

export function WeekVolume({ volume, choices }: ShownWeek) {
  if (!volume) return <EmptyNote>The volume will be here once a row is applied.</EmptyNote>;
  const currency = volume.currency ?? "no currency";
  return (
    <Card className="p-4">
      <CurrencyLinks choices={choices} chosen={volume.currency} />
      <TimeChartFigure
        chart={volume.chart}
        label={`Applied volume in ${currency}, every six hours`}
        valueName="Volume"
      />
      {volume.left_out > 0 && (
        <p className="mt-2 text-label text-quiet">
          {volume.left_out.toLocaleString("en")} rows are left out: their amount cannot be added.
        </p>
      )}
    </Card>
  );
}

function CurrencyLinks({ choices, chosen }: { choices: string[]; chosen: string | undefined }) {
  const { search } = useLocation();
  return (
    <p className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-small">
      {choices.map((choice) =>
        choice === chosen ? (
          <bdi key={choice} aria-current="true" className="font-medium">
            {choice}
          </bdi>
        ) : (
          <TextLink key={choice} to={listSearch(search, { currency: choice })} preventScrollReset replace>
            <bdi>{choice}</bdi>
          </TextLink>
        ),
      )}
    </p>
  );
}
