import type { ActionKind } from "#app/actions/action.ts";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { Fact, DescriptionList } from "#app/ui/description-list.tsx";
import { Money } from "#app/ui/money.tsx";
import { RelativeTime } from "#app/ui/relative-time.tsx";
import { shortenId } from "#app/ui/short-id.tsx";

import type { ShownAction } from "./load-action.server.ts";

export function ActionFacts({ action, loadedAt }: { action: ShownAction; loadedAt: number }) {
  const { kind, amount, precision, currency, source, destination, started_at, settled_at } = action;
  return (
    <DescriptionList>
      <Fact term={AMOUNT_TERMS[kind]}>
        <Money minor={amount} precision={precision} currency={currency} />
      </Fact>
      <Fact term="From">
        <Balance id={source} />
      </Fact>
      <Fact term="To">
        <Balance id={destination} />
      </Fact>
      <Fact term="Reason">{action.reason}</Fact>
      <Fact term="Reference">{action.reference}</Fact>
      <Fact term="Row in the ledger">
        {action.result_id && (
          <RecordLink kind="transactions" id={action.result_id}>
            <bdi>{shortenId(action.result_id)}</bdi>
          </RecordLink>
        )}
      </Fact>
      <Fact term="By">{action.user_id ?? "unknown person"}</Fact>
      <Fact term="Asked for">
        <RelativeTime at={action.created_at} loadedAt={loadedAt} />
      </Fact>
      <Fact term="Confirmed">{started_at && <RelativeTime at={started_at} loadedAt={loadedAt} />}</Fact>
      <Fact term="Known since">{settled_at && <RelativeTime at={settled_at} loadedAt={loadedAt} />}</Fact>
    </DescriptionList>
  );
}

const AMOUNT_TERMS: Record<ActionKind, string> = {
  commit: "To commit",
  void: "To void",
  refund: "To refund",
  adjustment: "To move",
};

function Balance({ id }: { id: string }) {
  return (
    <RecordLink kind="balances" id={id}>
      <bdi>{shortenId(id)}</bdi>
    </RecordLink>
  );
}
