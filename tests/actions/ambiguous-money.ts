import { LATEST_EFFECT_MS } from "#app/actions/confirm-action.server.ts";
import type { Action, ActionKind } from "#app/actions/action.ts";
import type { ActionRequest } from "#app/actions/plan-action.server.ts";
import { type Ambiguity, type Mishap, openLateCloud } from "#tests/support/late-cloud.ts";

import { openActions } from "./open-actions.ts";

export type Ambiguous = Mishap & { kind: ActionKind };

export const KINDS: ActionKind[] = ["commit", "void", "refund", "adjustment"];
export const AMBIGUITIES: Ambiguity[] = ["time-out", "cut", "5xx"];
export const EFFECTS: Mishap["effect"][] = ["late", "none"];
export const REFUSALS = [423, 429, 403, 400];

const AMOUNT = 30_00n;
/** Room for one such action a day, and for 10.00 beside it. */
const PER_DAY = "40.00";
const ENOUGH_FOR_A_BUSY_MACHINE_MS = 2_000;

/** An action that is about to be started, in a Cloud that loses its call. */
export async function openAmbiguity({ kind, ...mishap }: Ambiguous) {
  let cloud!: Awaited<ReturnType<typeof openLateCloud>>;
  const world = await openActions({
    ...(mishap.first === "time-out" && { callMs: ENOUGH_FOR_A_BUSY_MACHINE_MS }),
    through: async (api) => (cloud = await openLateCloud(api)).api,
  });
  const { sandbox, payer, payee, hold, post, prepared } = world;
  const { ledger } = sandbox.workspace.instances[0]!;
  const adjustment = (amount: string): ActionRequest => ({
    kind: "adjustment",
    source: payer,
    destination: payee,
    amount,
  });
  const target =
    kind === "adjustment"
      ? ""
      : (await (kind === "refund" ? post(payee, AMOUNT) : hold(AMOUNT))).transaction_id;
  const request: ActionRequest = kind === "adjustment" ? adjustment("30.00") : { kind, target };
  const id = await prepared(request);
  await world.limit(null, PER_DAY);
  cloud.begin(mishap);
  return {
    ...world,
    id,
    request,
    cloud,
    adjustment,
    /** How often the ledger has what was asked for. */
    timesDone: (action: Action) => {
      const children = ledger.transactions.find("parent_transaction", target);
      switch (kind) {
        case "commit":
          return children.filter(
            ({ status, precise_amount }) => status === "APPLIED" && precise_amount === AMOUNT,
          ).length;
        case "void":
          return children.filter(({ status }) => status === "VOID").length;
        case "refund":
          return ledger.transactions
            .find("reference", `${target}_refund_q`)
            .filter(({ status }) => status === "APPLIED").length;
        case "adjustment":
          return ledger.transactions.find("reference", action.reference!).length;
      }
    },
  };
}

/** What an action is reported as, and that is not so; the ledger may still change only for one that is under way. */
export function findLie({ state }: Pick<Action, "state">, timesDone: number): string | undefined {
  if (timesDone > 1) return `it was done ${timesDone} times`;
  if (state === "under_way") return undefined;
  const isDone = timesDone === 1;
  return (state === "applied") === isDone
    ? undefined
    : `it is ${state}, and the ledger has it ${timesDone} times`;
}

/** Goes through a whole day with a call that was lost, and answers what was reported or allowed that should not have been. */
export async function findAmbiguityProblems(ambiguous: Ambiguous): Promise<string[]> {
  const world = await openAmbiguity(ambiguous);
  const { id, cloud, request, start, confirm, actionOf, prepare, prepared, limit, advance, timesDone } =
    world;
  const problems: string[] = [];
  const check = (isAsItShould: boolean, what: string) => {
    if (!isAsItShould) problems.push(what);
  };
  const checkReport = async (when: string, ...states: Action["state"][]) => {
    const action = await actionOf(id);
    const lie = findLie(action, timesDone(action));
    if (lie) problems.push(`${when}: ${lie}`);
    check(states.includes(action.state), `${when}: it is ${action.state}`);
  };

  await start(id);
  await checkReport("when its call was lost", "under_way");

  const over = await prepare(world.adjustment("10.01"));
  check(over.kind === "refused" && over.problem.includes("in one day"), "the day's limit could be passed");
  check((await prepare(world.adjustment("10.00"))).kind === "prepared", "the limit was kept too early");
  await limit(null, null);
  const [again, calls] = [await prepared(request), cloud.met()];
  check((await start(again)).state === "rejected", "it could be made again while it may still arrive");
  check(cloud.met() === calls, "it was sent again while it may still arrive");

  advance(LATEST_EFFECT_MS - 1);
  await confirm(id);
  await checkReport("while it may still arrive", "under_way");

  if (ambiguous.effect === "late") {
    await cloud.release();
    for (let times = 0; times < 50 && (await actionOf(id)).state === "under_way"; times += 1)
      await confirm(id);
    await checkReport("after it arrived", "applied");
    return problems;
  }
  advance(1);
  await confirm(id);
  await checkReport("when it can't arrive any more", "not_recorded");
  cloud.end();
  // An adjustment has a reference to be taken up again with; all else is asked for anew.
  const next = ambiguous.kind === "adjustment" ? id : await prepared(request);
  const { state } = await start(next);
  check(state === "applied", `it could not be made again: it is ${state}`);
  check(timesDone(await actionOf(next)) === 1, "made again it was not done once");
  return problems;
}
