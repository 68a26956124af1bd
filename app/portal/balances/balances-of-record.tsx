import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";
import { Skeleton } from "#app/ui/skeleton.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { CloudResultBlock } from "#app/platform/portal/cloud-result-block.tsx";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";
import { BalanceTable } from "./balance-table.tsx";
import type { FirstBalances } from "./read-first-balances.server.ts";

/** The balances of a ledger or an identity. */
export function BalancesOfRecord({
  recordId,
  reading,
  loadedAt,
}: {
  recordId: string;
  reading: Promise<CloudResult<FirstBalances>>;
  loadedAt: number;
}) {
  const portalPath = usePortalPath();
  return (
    <Section label="Balances">
      <Card>
        <CloudResultBlock
          what="Its balances"
          scope="data:read"
          reading={reading}
          resetKey={loadedAt}
          skeleton={
            <Skeleton
              label="Loading balances"
              rows={5}
              listClassName="divide-y divide-line"
              rowClassName="h-16 px-4 sm:h-11"
            />
          }
        >
          {({ rows, total }) =>
            rows.length === 0 ? (
              <EmptyNote>Its balances will be here once it has one.</EmptyNote>
            ) : (
              <>
                <BalanceTable label="Its balances" rows={rows} loadedAt={loadedAt} />
                <p className="border-t border-line px-4 py-3 text-small">
                  <TextLink to={portalPath(`balances?q=${encodeURIComponent(recordId)}`)}>
                    {total === undefined
                      ? "All its balances"
                      : `All its balances, ${total.toLocaleString("en")}`}
                  </TextLink>
                </p>
              </>
            )
          }
        </CloudResultBlock>
      </Card>
    </Section>
  );
}
