import { askForResolution } from "#app/monitors/alerts/alert-deliveries.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

/** What the end of an incident does. */
export async function closeOne(tx: Tx, id: string, now: number): Promise<void> {
  await tx
    .updateTable("incidents")
    .set({ closed_at: now, close_reason: "recovered" })
    .where("id", "=", id)
    .execute();
  await askForResolution(tx, [id], now);
}
