import type { ReactNode } from "react";

import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import type { OpsTableCell } from "#app/platform/operator/ops-table.ts";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Card } from "#app/ui/card.tsx";
import { ExactTime, RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { LongWord, OpsTable } from "../shell/ops-table.tsx";
import { loadOverview, type OpsOverview } from "./load-overview.server.ts";
import type { Route } from "./+types/overview.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Overview · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  return await loadOverview(context.get(platformContext));
}

export default function OverviewPage({ loaderData: overview }: Route.ComponentProps) {
  const { counts, sizes, loadedAt, panels } = overview;
  return (
    <OpsPage title="Overview">
      <Attention {...overview} />
      <Card>
        <DescriptionList>
          <Fact term="Version">{overview.version}</Fact>
          <Fact term="Public address">{overview.publicUrl}</Fact>
          <Fact term="Running since">
            <ExactTime at={overview.startedAt} />
          </Fact>
          <Fact term="Installs">{`${counts.active} active, ${counts.inactive} inactive`}</Fact>
          <Fact term="Database">{`${megabytes(sizes.database)}, and a write-ahead log of ${megabytes(sizes.wal)}`}</Fact>
        </DescriptionList>
      </Card>
      <UrlSecrets {...overview} />
      <EncryptionKeys {...overview} />
      <Backups {...overview} />
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

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

/** So that one sees when an old one has fallen silent. */
function UrlSecrets({ urlSecrets, loadedAt }: OpsOverview) {
  return (
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
  );
}

function EncryptionKeys({ keys }: OpsOverview) {
  return (
    <Section label="Encryption keys">
      <OpsTable
        label="Encryption keys"
        columns={["Key", "Stored secrets", "Use"]}
        empty=""
        rows={keys.map((key) => ({ key: key.id, cells: [key.id, key.sealed, purposeOf(key)] }))}
      />
    </Section>
  );
}

/** What an encryption key is still there for. */
function purposeOf({ sealed, place }: OpsOverview["keys"][number]): string {
  if (place === 0) return "seals and opens";
  if (place < 0) return "not among the server’s keys";
  return sealed > 0 ? "opens; npm run rotate-keys empties it" : "none: it can be removed";
}

function Backups({ backups, loadedAt }: OpsOverview) {
  return (
    <Section label="Backups">
      <OpsTable
        label="Backups"
        columns={["Backup", "Taken", "Size", "In the bucket"]}
        empty="The scheduled backups will be here; the first is taken an hour after the first start."
        rows={backups.map(({ name, taken_at, bytes, uploaded_at }) => ({
          key: name,
          cells: [
            name,
            <RelativeTime key="taken" at={taken_at} loadedAt={loadedAt} />,
            megabytes(bytes),
            uploaded_at === null ? "no" : <RelativeTime at={uploaded_at} loadedAt={loadedAt} />,
          ],
        }))}
      />
    </Section>
  );
}

/** What waits for somebody; nothing at all on a good day. */
function Attention({
  counts,
  walPendingSince,
  skew,
  unpinned,
  noneOffMachine,
  loadedAt,
  ...more
}: OpsOverview) {
  const notes: ReactNode[] = more.notes.map(({ text, to }) => (
    <TextLink key={text} to={to}>
      {text}
    </TextLink>
  ));
  if (walPendingSince !== null)
    notes.push(
      <>
        A destroyed key may still be in the write-ahead log, since{" "}
        <RelativeTime at={walPendingSince} loadedAt={loadedAt} />: something reads the database without an
        end.
      </>,
    );
  if (skew !== undefined)
    notes.push(
      `${skew}. Set it right: beyond 10 minutes the monitors stop. It then mends without a restart.`,
    );
  if (counts.rejectedKeys > 0)
    notes.push(
      <TextLink to="/ops/installs">{`${counted(counts.rejectedKeys, "key")} rejected by Blnk Cloud`}</TextLink>,
    );
  if (counts.parkedJobs > 0)
    notes.push(<TextLink to="/ops/jobs">{`${counted(counts.parkedJobs, "job")} parked`}</TextLink>);
  if (counts.eventsInQuestion > 0)
    notes.push(
      <TextLink to="/ops/events?show=in-question">
        {`${counted(counts.eventsInQuestion, "callback")} refused or superseded`}
      </TextLink>,
    );
  if (unpinned)
    notes.push("BLNK_APP_ID is not set: until it is, callbacks may name any app. Blnk Cloud shows the id.");
  if (noneOffMachine) notes.push(<TextLink to="/ops/promises">No backup is kept off this machine</TextLink>);
  if (notes.length === 0) return null;
  return (
    <Section label="To look at">
      <Card>
        <ul className="divide-y divide-line">
          {notes.map((note, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the list is made anew each time and has no ids
            <li key={index} className="px-4 py-2.5">
              {note}
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count.toLocaleString("en")} ${noun}s`;
}

function showCell(cell: OpsTableCell, loadedAt: number): ReactNode {
  if (typeof cell === "string") return <LongWord>{cell}</LongWord>;
  if (typeof cell !== "object" || cell === null) return cell;
  return <RelativeTime at={cell.at} loadedAt={loadedAt} />;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
