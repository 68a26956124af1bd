import { CoreError } from "./core-error.ts";
import { type Clock, type Micros, microsOf } from "./instant.ts";
import { shuffled } from "./shuffled.ts";

export type QueueTiming = { d1_ms: number; d2_ms: [least: number, most: number]; shuffle: boolean };

type Task = { due: Micros; notBefore: Micros; isOutcome: boolean; run(): void };

export type Retrying = { notBefore?: Micros; mostRetries?: number };

// Core looks for stuck rows every half hour and drives those older than two hours once more.
const RECOVERY_MS = 2 * 60 * 60 * 1000;
const LONGEST_TIMER_MS = 60_000;
// The queue under Core tries a failed task again, unless told otherwise, for some three weeks.
const MOST_RETRIES = 25;

/** Core's background worker: work that is done some time after the answer, and that a test may hold, hurry or lose. */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #timing: () => QueueTiming;
  readonly #random: () => number;
  #tasks: Task[] = [];
  #timer: NodeJS.Timeout | undefined;
  #wakesAt: Micros = Infinity;
  #paused = false;
  #toLose = 0;

  constructor(clock: Clock, timing: () => QueueTiming, random: () => number) {
    this.#clock = clock;
    this.#timing = timing;
    this.#random = random;
  }

  /** After d1: storing what the API has only acknowledged. */
  addInsert(run: () => void): void {
    this.#add({ due: this.#after(this.#timing().d1_ms), notBefore: 0, isOutcome: false, run });
  }

  /** After d2, and not before a scheduled moment: the outcome of a stored row. */
  addOutcome(run: () => void, notBefore: Micros = 0): void {
    const [least, most] = this.#timing().d2_ms;
    const due = this.#after(least + this.#random() * (most - least));
    this.#add({ due, notBefore, isOutcome: true, run });
  }

  /** An outcome that is tried again for as long as Core refuses it, ever later: `n⁴ + 15` seconds and some more. */
  addTask(run: () => void, { notBefore = 0, mostRetries = MOST_RETRIES }: Retrying = {}, retried = 0): void {
    this.addOutcome(() => {
      try {
        run();
      } catch (error) {
        if (!(error instanceof CoreError)) throw error;
        if (retried === mostRetries) return;
        const seconds = retried ** 4 + 15 + Math.floor(this.#random() * 30) * (retried + 1);
        this.addTask(run, { notBefore: this.#after(seconds * 1000), mostRetries }, retried + 1);
      }
    }, notBefore);
  }

  pause(): void {
    this.#paused = true;
    this.#arm();
  }

  resume(): void {
    this.#paused = false;
    this.#arm();
  }

  /** Does everything that waits, and what that leads to, but for work scheduled later than now. Works while paused. */
  drain(): void {
    for (let due = this.#takeDrainable(); due.length > 0; due = this.#takeDrainable()) this.#run(due);
    this.#arm();
  }

  /** The worker loses the next outcomes: their rows stay QUEUED until Core's recovery drives them again. */
  loseOutcomes(count: number): void {
    this.#toLose += count;
  }

  get waiting(): number {
    return this.#tasks.length;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** Looks at the clock again, after it was moved. */
  wake(): void {
    this.#arm();
  }

  close(): void {
    this.#tasks = [];
    clearTimeout(this.#timer);
  }

  #after(ms: number): Micros {
    return this.#clock.now() + microsOf(ms);
  }

  #add(task: Task): void {
    this.#tasks.push(task);
    if (readyAt(task) < this.#wakesAt) this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#wakesAt = Infinity;
    if (this.#paused || this.#tasks.length === 0) return;
    const next = this.#tasks.reduce((least, task) => Math.min(least, readyAt(task)), Infinity);
    this.#wakesAt = next;
    const wait = Math.max(0, (next - this.#clock.now()) / 1000);
    this.#timer = setTimeout(() => this.#tick(), Math.min(wait, LONGEST_TIMER_MS));
    this.#timer.unref();
  }

  #tick(): void {
    const now = this.#clock.now();
    this.#run(this.#take((task) => readyAt(task) <= now));
    this.#arm();
  }

  #takeDrainable(): Task[] {
    const now = this.#clock.now();
    return this.#take((task) => task.notBefore <= now);
  }

  #take(isTaken: (task: Task) => boolean): Task[] {
    const { taken = [], left = [] } = Object.groupBy(this.#tasks, (task) =>
      isTaken(task) ? "taken" : "left",
    );
    this.#tasks = left;
    if (this.#timing().shuffle) return shuffled(taken, this.#random);
    return taken.sort((left, right) => left.due - right.due);
  }

  #run(tasks: Task[]): void {
    for (const task of tasks) {
      if (task.isOutcome && this.#toLose > 0) {
        this.#toLose -= 1;
        this.#tasks.push({ ...task, notBefore: this.#clock.now() + microsOf(RECOVERY_MS) });
      } else {
        task.run();
      }
    }
  }
}

function readyAt(task: Task): Micros {
  return Math.max(task.due, task.notBefore);
}
