import { readdirSync } from "node:fs";

import type { Frame } from "@playwright/test";

const scripts = () => readdirSync("build/client/assets").filter((name) => name.endsWith(".js"));

/** Late, the largest text of all pushes the rest down; the heading takes its time; all scripts of the app are loaded. */
export async function spoilScreen(frame: Frame): Promise<void> {
  await frame.getByRole("main").evaluate(async (main, names) => {
    await Promise.all(names.map((name) => import(`/assets/${name}`)));
    await new Promise((late) => setTimeout(late, 1200 - performance.now()));
    const text = Object.assign(document.createElement("p"), { textContent: "Late ".repeat(100) });
    text.style.fontSize = "2rem";
    main.prepend(text);
    main.querySelector("h1")!.addEventListener("pointerdown", () => {
      const began = performance.now();
      while (performance.now() - began < 200);
    });
  }, scripts());
}
