import { readFileSync } from "node:fs";

/** The most memory that a running process has had so far. */
export function peakMemoryMb(pid: number): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return Math.round(Number(kilobytes) / 1024);
}

/**
 * How long a running process has stood in line for a processor: what a busy machine adds to its times, and an idle one
 * does not.
 */
export function waitedForProcessorMs(pid: number): number {
  const [, waitedNs] = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ");
  return Number(waitedNs) / 1e6;
}

export type Time = {
  /** By the clock on the wall. */
  ms: number;
  /** How much of it the process may owe to the machine's other work. */
  waitedMs: number;
};

/** How long a process took to answer. What it waited meanwhile is told apart, never left out. */
export async function timeOf<T>(pid: number, ask: () => Promise<T>): Promise<Time & { answer: T }> {
  const began = performance.now();
  const waitedBefore = waitedForProcessorMs(pid);
  const answer = await ask();
  const ms = Math.round(performance.now() - began);
  return { ms, waitedMs: Math.round(waitedForProcessorMs(pid) - waitedBefore), answer };
}

/** The one in which more is the process's own: what limits are held against. */
export function slower(one: Time, other: Time): Time {
  return ownMs(one) > ownMs(other) ? one : other;
}

export function ownMs({ ms, waitedMs }: Time): number {
  return ms - waitedMs;
}

export function timeInWords({ ms, waitedMs }: Time): string {
  return `${ms} ms (${waitedMs} ms of them in line for a processor)`;
}
