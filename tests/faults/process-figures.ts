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

/** How long the process took, without what it waited for a processor meanwhile. */
export async function timeOf<T>(pid: number, ask: () => Promise<T>): Promise<{ ms: number; answer: T }> {
  const began = performance.now() - waitedForProcessorMs(pid);
  const answer = await ask();
  return { ms: Math.round(performance.now() - waitedForProcessorMs(pid) - began), answer };
}
