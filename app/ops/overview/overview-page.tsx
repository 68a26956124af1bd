import type { ReactNode } from "react";

import { Fact, Facts } from "#app/ui/facts.tsx";
import { Panel } from "#app/ui/panel.tsx";
import { ExactTime, RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import type { PanelCell } from "../panel.ts";
import { OpsPage } from "../shell/ops-page.tsx";
import { OpsTable } from "../shell/ops-table.tsx";
import type { OpsOverview } from "./load-overview.server.ts";

export function OverviewPage(overview: OpsOverview) {
  const { counts, sizes, loadedAt, urlSecrets, panels } = overview;
  return (
    <OpsPage title="Overview">
      <Attention {...overview} />
      <Panel>
        <Facts>
          <Fact term="Version">{overview.version}</Fact>
          <Fact term="Public address">{overview.publicUrl}</Fact>
          <Fact term="Running since">
            <ExactTime at={overview.startedAt} />
          </Fact>
          <Fact term="Installs">{`${counts.active} active, ${counts.inactive} inactive`}</Fact>
          <Fact term="Database">{`${megabytes(sizes.database)}, and a write-ahead log of ${megabytes(sizes.wal)}`}</Fact>
        </Facts>
      </Panel>
      <Section label="URL secrets in use">
        <OpsTable
          label="URL secrets in use"
          columns={["Secret", "URL", "Calls", "Last call"]}
          empty=""
          rows={urlSecrets.map(({ purpose, index, requests, lastAt }) => ({
            key: `${purpose} ${index}`,
            cells: [
              `no. ${index + 1}${index === 0 ? ", the newest" : ""}`,
              purpose,
              requests,
              lastAt === null ? "none since the start" : <RelativeTime at={lastAt} loadedAt={loadedAt} />,
            ],
          }))}
        />
      </Section>
      {panels.map(({ title, columns, empty, rows }) => (
        <Section key={title} label={title}>
          <OpsTable
            label={title}
            columns={columns}
            empty={empty}
            rows={rows.map((row) => ({
              key: row[0],
              cells: row.map((cell) => showCell(cell, loadedAt)),
            }))}
          />
        </Section>
      ))}
    </OpsPage>
  );
}

/** What waits for somebody; nothing at all on a good day. */
function Attention({ counts, walPendingSince, unpinned, loadedAt }: OpsOverview) {
  const notes: ReactNode[] = [];
  if (walPendingSince !== null)
    notes.push(
      <>
        A destroyed key may still be in the write-ahead log, since{" "}
        <RelativeTime at={walPendingSince} loadedAt={loadedAt} />: something reads the database without an
        end.
      </>,
    );
  if (counts.rejectedKeys > 0)
    notes.push(
      <TextLink to="/ops/installs">{`${counts.rejectedKeys} keys rejected by Blnk Cloud`}</TextLink>,
    );
  if (counts.parkedJobs > 0)
    notes.push(<TextLink to="/ops/jobs">{`${counts.parkedJobs} jobs parked`}</TextLink>);
  if (counts.eventsInQuestion > 0)
    notes.push(
      <TextLink to="/ops/events?show=in-question">
        {`${counts.eventsInQuestion} callbacks refused or superseded`}
      </TextLink>,
    );
  if (unpinned)
    notes.push("BLNK_APP_ID is not set: until it is, callbacks may name any app. Blnk Cloud shows the id.");
  if (notes.length === 0) return null;
  return (
    <Section label="To look at">
      <Panel>
        <ul className="divide-y divide-line">
          {notes.map((note, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the list is made anew each time and has no ids
            <li key={index} className="px-4 py-2.5">
              {note}
            </li>
          ))}
        </ul>
      </Panel>
    </Section>
  );
}

function showCell(cell: PanelCell, loadedAt: number): ReactNode {
  if (typeof cell !== "object" || cell === null) return cell;
  return <RelativeTime at={cell.at} loadedAt={loadedAt} />;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
