import { AsyncLocalStorage } from "node:async_hooks";

import type { Frame } from "@playwright/test";

import type { Switches } from "blnk-sandbox/switches.ts";

/** What makes the app as bad as a figure must not let it be. */
export type Harm = {
  /** Work in each request. */
  requestMs?: number;
  /** Work once a second. */
  everySecondMs?: number;
  /** Work before the start. */
  startMs?: number;
  heldMegabytes?: number;
  droppedIndexes?: string[];
  /** Of the sandbox beside the app. */
  switches?: Partial<Switches>;
  /** Done to a screen in the browser. */
  screen?: (frame: Frame) => Promise<void>;
};

const current = new AsyncLocalStorage<Harm>();

/** Whatever is started meanwhile is harmed. */
export function harmed<T>(harm: Harm, work: () => Promise<T>): Promise<T> {
  return current.run(harm, work);
}

export function harmOfNow(): Harm | undefined {
  return current.getStore();
}

/** What tells a process that is started now how it is to be harmed, if it is. */
export function harmingEnvironment(): Record<string, string> | undefined {
  const harm = current.getStore();
  return harm && { HARM: JSON.stringify(harm) };
}

/** In such a process. */
export function readHarm(): Harm {
  return JSON.parse(process.env["HARM"] ?? "{}") as Harm;
}
