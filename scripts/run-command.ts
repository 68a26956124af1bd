import { loadDotEnv } from "./load-dot-env.ts";

/** Reads `.env`, runs a command, and ends in words instead of a stack when it cannot do what was asked. */
export async function runCommand(run: () => Promise<void>): Promise<void> {
  try {
    loadDotEnv();
    await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : "An unknown error.");
    process.exit(1);
  }
}
