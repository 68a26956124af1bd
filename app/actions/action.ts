import type { Selectable } from "kysely";

import type { ActionRow } from "#db/schema.ts";

export type ActionKind = ActionRow["kind"];

/** A change of money that somebody asked for here. Amounts are minor units, times ms UTC. */
export type Action = Omit<
  Selectable<ActionRow>,
  "amount" | "precision" | "children_before" | "noted" | "kind" | "target_id" | "reference"
> & {
  amount: bigint;
  precision: bigint;
  children_before: string[] | undefined;
  noted: boolean;
} & (
    | { kind: "commit"; target_id: string; reference: null }
    | { kind: "void"; target_id: string; reference: null }
    | { kind: "refund"; target_id: string; reference: string }
    | { kind: "adjustment"; target_id: null; reference: string }
  );

export function readAction({
  amount,
  precision,
  children_before,
  noted,
  ...row
}: Selectable<ActionRow>): Action {
  return {
    ...row,
    amount: BigInt(amount),
    precision: BigInt(precision),
    children_before: children_before === null ? undefined : (JSON.parse(children_before) as string[]),
    noted: noted === 1,
  } as Action;
}

/** An adjustment of which nothing was recorded may be taken again, since its reference is the same. */
export function mayStart({ state, kind }: Action): boolean {
  return state === "prepared" || (state === "not_recorded" && kind === "adjustment");
}
