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
  return await tx
    .selectFrom("received_events")
    .select(["id", "outcome"])
    .where("idempotency_key", "=", identity.idempotency_key)
    .where("fingerprint", "=", identity.fingerprint)
    .executeTakeFirst();
}

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
  const { id } = await tx
    .insertInto("received_events")
    .values({ ...event, ...verdict, deliveries: 1, first_received_at: now, last_received_at: now })
    .onConflict((conflict) =>
      conflict.columns(["idempotency_key", "fingerprint"]).doUpdateSet((eb) => ({
        deliveries: eb("received_events.deliveries", "+", 1),
        last_received_at: now,
        source_address: event.source_address,
        secret_index: event.secret_index,
        ...(!wasApplied && verdict.outcome !== "duplicate" && verdict),
      })),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export async function markSuperseded(tx: Tx, eventIds: number[]): Promise<void> {
  if (eventIds.length === 0) return;
  await tx
    .updateTable("received_events")
    .set({ outcome: "superseded", reason: "its key was refused, and an earlier one still works" })
    .where("id", "in", eventIds)
    .execute();
}
