import { readFileSync } from "node:fs";

const dockerfile = readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8");
const [, command] = /^CMD (\[.*\])$/m.exec(dockerfile)!;
const flags = (JSON.parse(command!) as string[]).filter((word) => word.startsWith("--"));

/** As the image starts the server (Dockerfile), on the smallest machine (fly.toml). */
export const AS_SHIPPED = { NODE_OPTIONS: flags.join(" "), MALLOC_ARENA_MAX: "2" };
