import type { Frame, Page } from "@playwright/test";

/** What a person feels of a page: how far things move by themselves, when the most is there, the slowest answer to an input. */
export type Vitals = {
  shift: number;
  /** What moved, and how far down or up. */
  moved: string[];
  paintedMs: number;
  slowestInputMs: number;
};

/** From now on every document of the page, and of its frames, observes itself from its start. */
export async function observeVitals(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const vitals: Vitals = { shift: 0, moved: [], paintedMs: 0, slowestInputMs: 0 };
    Object.assign(window, { vitals });
    const observe = (type: string, see: (entry: PerformanceEntry) => void) =>
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) see(entry);
      }).observe({ type, buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
    observe("layout-shift", (entry) => {
      const { hadRecentInput, value, sources } = entry as LayoutShift;
      if (hadRecentInput) return;
      vitals.shift += value;
      for (const { node, previousRect: before, currentRect: after } of sources)
        vitals.moved.push(`${node?.textContent?.slice(0, 40)}: ${before.y} to ${after.y}`);
    });
    observe("largest-contentful-paint", ({ startTime }) => {
      vitals.paintedMs = startTime;
    });
    observe("event", (entry) => {
      const { duration, interactionId } = entry as PerformanceEventTiming;
      if (interactionId) vitals.slowestInputMs = Math.max(vitals.slowestInputMs, duration);
    });
  });
}

/** After the frames that are still to be drawn. */
export function readVitals(frame: Frame): Promise<Vitals> {
  return frame.evaluate(async () => {
    for (let frames = 0; frames < 3; frames += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
    return (window as unknown as { vitals: Vitals }).vitals;
  });
}

type LayoutShift = PerformanceEntry & {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
};
