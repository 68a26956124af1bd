import { prepareQuery } from "#db/prepared-query.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { ReceivedEventRow } from "#db/schema.ts";

export type EventOutcome = ReceivedEventRow["outcome"];
export type EventIdentity = { idempotency_key: string; fingerprint: string };

export type ReceivedEvent = EventIdentity &
  Pick<
    ReceivedEventRow,
    "kind" | "installed_app_id" | "app_id" | "instance_id" | "source_address" | "secret_index"
  >;

export async function findEvent(tx: Tx, identity: EventIdentity) {
  const [event] = await selectEvent(tx, identity);
  return event;
}

const selectEvent = prepareQuery((db, identity: EventIdentity) =>
  db
    .selectFrom("received_events")
    .select(["id", "outcome"])
    .where("idempotency_key", "=", identity.idempotency_key)
    .where("fingerprint", "=", identity.fingerprint),
);

/**
 * Writes one delivery into the ledger of received events: the first of an identity as a row, later ones as a count and
 * a time. What was applied once stays recorded as applied. Answers the row's id.
 */
export async function recordEvent(
  tx: Tx,
  event: ReceivedEvent,
  verdict: { outcome: EventOutcome; reason: string | null },
  { earlier, now }: { earlier: { outcome: EventOutcome } | undefined; now: number },
): Promise<number> {
  const wasApplied = earlier?.outcome === "applied" || earlier?.outcome === "superseded";
  const upsert = wasApplied || verdict.outcome === "duplicate" ? countDelivery : judgeAnew;
  const [row] = await upsert(tx, { ...event, ...verdict, now });
  return row!.id;
}

const countDelivery = upsertEvent(() => ({}));
const judgeAnew = upsertEvent(({ outcome, reason }) => ({ outcome, reason }));

type Judged = ReceivedEvent & Pick<ReceivedEventRow, "outcome" | "reason"> & { now: number };

function upsertEvent(replaced: (event: Judged) => Partial<Judged>) {
  return prepareQuery((db, event: Judged) =>
    db
      .insertInto("received_events")
      .values({
        idempotency_key: event.idempotency_key,
        fingerprint: event.fingerprint,
        kind: event.kind,
        installed_app_id: event.installed_app_id,
        app_id: event.app_id,
        instance_id: event.instance_id,
        outcome: event.outcome,
        reason: event.reason,
        deliveries: 1,
        first_received_at: event.now,
        last_received_at: event.now,
        source_address: event.source_address,
        secret_index: event.secret_index,
      })
      .onConflict((conflict) =>
        conflict.columns(["idempotency_key", "fingerprint"]).doUpdateSet((eb) => ({
          deliveries: eb("received_events.deliveries", "+", 1),
          last_received_at: event.now,
          source_address: event.source_address,
          secret_index: event.secret_index,
          ...replaced(event),
        })),
      )
      .returning("id"),
  );
}

/** The key of one install event is current again in the place of others. */
export async function markSuperseded(tx: Tx, eventIds: number[], by: number): Promise<void> {
  await tx
    .updateTable("received_events")
    .set({ outcome: "superseded", reason: "its key was not proven, and another one works" })
    .where("id", "in", eventIds)
    .where("id", "!=", by)
    .execute();
  await tx
    .updateTable("received_events")
    .set({ outcome: "applied", reason: null })
    .where("id", "=", by)
    .where("outcome", "=", "superseded")
    .execute();
}
