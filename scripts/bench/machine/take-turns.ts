import { setTimeout as sleep } from "node:timers/promises";

/** Something that is measured in slices, such as a server under load. */
export type Contender<T> = {
  name: string;
  /** Measures one slice. */
  slice: () => Promise<T>;
  pause?: () => void;
  resume?: () => void;
};

/**
 * Measures the contenders in turn, round after round, so that whatever else the machine does falls on all of them; one
 * whose turn it is not stands still. A first round warms them up and is not counted.
 */
export async function takeTurns<T>(
  contenders: readonly Contender<T>[],
  rounds: number,
): Promise<Record<string, T[]>> {
  const slices: Record<string, T[]> = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (const { pause } of contenders) pause?.();
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, slice, pause, resume } of contenders) {
      resume?.();
      await sleep(200);
      const measured = await slice();
      if (round > 0) slices[name]!.push(measured);
      pause?.();
    }
  }
  for (const { resume } of contenders) resume?.();
  return slices;
}
