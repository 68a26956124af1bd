import { EyeOff } from "lucide-react";

import { app } from "#app/app.ts";
import { RevealAfter, CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import { MetadataBlock } from "#app/platform/portal/metadata-block.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RecordHead, RecordName } from "#app/platform/portal/record-head.tsx";
import { FlagLink } from "#app/portal/alerts/flag-link.tsx";
import { BalancesOfRecord } from "#app/portal/balances/balances-of-record.tsx";
import { NoteLink } from "#app/portal/notes/note-link.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Card } from "#app/ui/card.tsx";
import { exactTime, RelativeTime } from "#app/ui/relative-time.tsx";
import { Section } from "#app/ui/section.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";

import { loadIdentity } from "./load-identity.server.ts";
import type { Route } from "./+types/identity.ts";

const FIELDS = [
  ["organization_name", "Organization"],
  ["first_name", "First name"],
  ["other_names", "Other names"],
  ["last_name", "Last name"],
  ["identity_type", "Type"],
  ["category", "Category"],
  ["email_address", "Email"],
  ["phone_number", "Phone"],
  ["gender", "Gender"],
  ["nationality", "Nationality"],
  ["street", "Street"],
  ["post_code", "Post code"],
  ["city", "City"],
  ["state", "State"],
  ["country", "Country"],
] as const;

export function meta(): Route.MetaDescriptors {
  return [{ title: `Identity · ${app.name}` }];
}

export async function loader(args: Route.LoaderArgs) {
  const { readCloud, readAssumed, now } = openReads(args);
  return loadIdentity(readCloud, await readAssumed(), { identityId: args.params.identityId, now });
}

export default function IdentityPage({
  loaderData: { loadedAt, identityId, identity, balances },
}: Route.ComponentProps) {
  return (
    <>
      <RecordHead
        kind="Identity"
        id={identityId}
        name={
          <RecordName id={identityId} reading={identity}>
            {({ name }) => name}
          </RecordName>
        }
      >
        <NoteLink entityId={identityId} />
        <FlagLink entityId={identityId} />
      </RecordHead>
      <div className="grid gap-6 lg:grid-cols-3">
        <div className="min-w-0 lg:col-span-2">
          <BalancesOfRecord recordId={identityId} reading={balances} loadedAt={loadedAt} />
        </div>
        <RevealAfter reading={balances}>
          <CloudResultBlock
            what="The identity"
            scope="data:read"
            reading={identity}
            resetKey={loadedAt}
            skeleton={<Skeleton label="Loading the identity" rows={6} listClassName="" rowClassName="h-12" />}
          >
            {(value) => (
              <div className="min-w-0 space-y-6">
                <Section label="Details">
                  <Card>
                    <DescriptionList>
                      {FIELDS.map(([field, term]) => (
                        <Fact key={field} term={term}>
                          {(value.masked as string[]).includes(field) ? <Masked /> : value[field]}
                        </Fact>
                      ))}
                      <Fact term="Born">{value.dob !== undefined && exactTime(value.dob).slice(0, 10)}</Fact>
                      <Fact term="Created">
                        {value.created_at && <RelativeTime at={value.created_at} loadedAt={loadedAt} />}
                      </Fact>
                    </DescriptionList>
                  </Card>
                </Section>
                <MetadataBlock json={value.metadata} />
              </div>
            )}
          </CloudResultBlock>
        </RevealAfter>
      </div>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

function Masked() {
  return (
    <span className="inline-flex items-center gap-1.5 text-quiet">
      <EyeOff aria-hidden className="size-3.5" />
      Masked in Blnk
    </span>
  );
}
