import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { DomainError } from "#app/platform/errors.ts";

import type { Monitor } from "./definition/monitor.ts";

const MOST = 1_000;
const MAX_NAME = 120;

/**
 * One monitor for each balance of a ledger, all like the template but for what they select and their name.
 *
 * @throws DomainError `too_many_balances` beyond 1,000; CloudError when they cannot be read
 */
export async function monitorsForLedger(
  client: CloudClient,
  template: Monitor,
  ledgerId: string,
  now: number,
): Promise<Monitor[]> {
  const monitors: Monitor[] = [];
  const filters = [{ field: "ledger_id", operator: "eq", value: ledgerId }] as const;
  for await (const page of client.balances.scan({ filters, createdUntil: now })) {
    for (const { ledger_id, balance_id, indicator } of page) {
      if (ledger_id !== ledgerId) continue;
      monitors.push({
        ...template,
        name: nameFor(template, indicator ?? balance_id),
        select: { balance_id },
      });
    }
    if (monitors.length > MOST) {
      throw new DomainError(
        "too_many_balances",
        `That ledger has more than ${MOST} balances. Watch it as a selection instead.`,
      );
    }
  }
  return monitors;
}

/** An indicator is other people's text: the name is a line of the length that a monitor's may have. */
function nameFor({ name }: Monitor, balance: string): string {
  const line = balance.replaceAll(/\p{Cc}/gu, " ");
  const room = Math.max(MAX_NAME - 2 - line.length, MAX_NAME / 3);
  return `${name.slice(0, room)}: ${line}`.slice(0, MAX_NAME).toWellFormed();
}
