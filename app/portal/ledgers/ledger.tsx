import { app } from "#app/app.ts";
import { RevealAfter, CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import { MetadataBlock } from "#app/platform/portal/metadata-block.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RecordHead, RecordName } from "#app/platform/portal/record-head.tsx";
import { BalancesOfRecord } from "#app/portal/balances/balances-of-record.tsx";
import { NoteLink } from "#app/portal/notes/note-link.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { loadLedger } from "./load-ledger.server.ts";
import type { Route } from "./+types/ledger.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Ledger · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, now } = openReads(args);
  return loadLedger(readCloud, await readAssumed(), { ledgerId: args.params.ledgerId, now });
}

export default function LedgerPage({
  loaderData: { loadedAt, ledgerId, ledger, balances },
}: Route.ComponentProps) {
  return (
    <>
      <RecordHead
        kind="Ledger"
        id={ledgerId}
        name={
          <RecordName id={ledgerId} reading={ledger}>
            {({ name }) => name}
          </RecordName>
        }
      >
        {ledgerId.startsWith("ldg_") && <NoteLink entityId={ledgerId} />}
      </RecordHead>
      <div className="grid gap-6 lg:grid-cols-3">
        <div className="min-w-0 lg:col-span-2">
          <BalancesOfRecord recordId={ledgerId} reading={balances} loadedAt={loadedAt} />
        </div>
        <RevealAfter reading={balances}>
          <CloudResultBlock
            what="The ledger"
            scope="data:read"
            reading={ledger}
            resetKey={loadedAt}
            skeleton={<Skeleton label="Loading the ledger" rows={3} listClassName="" rowClassName="h-12" />}
          >
            {({ name, created_at, metadata }) => (
              <div className="min-w-0 space-y-6">
                <Section label="Details">
                  <Card>
                    <DescriptionList>
                      <Fact term="Name">{name ?? "No name"}</Fact>
                      <Fact term="Created">
                        {created_at && <RelativeTime at={created_at} loadedAt={loadedAt} />}
                      </Fact>
                    </DescriptionList>
                  </Card>
                </Section>
                <MetadataBlock json={metadata} />
              </div>
            )}
          </CloudResultBlock>
        </RevealAfter>
      </div>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";
