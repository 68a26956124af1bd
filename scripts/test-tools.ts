import { JUDGES } from "#scripts/test-tools/judges.ts";
import { SCANNERS } from "#scripts/test-tools/scanners.ts";
import { startTarget } from "#scripts/test-tools/target.ts";
import { isOnPath, type Tool } from "#scripts/test-tools/tool.ts";

/**
 * `npm run test:tools [-- NAME …]`: other people's tools against the built app on loopback. What they find beyond what
 * docs/security-findings.md explains ends it with 1.
 */
const named = process.argv.slice(2).map((name) => name.toLowerCase());
const tools = [...SCANNERS, ...JUDGES].filter(
  ({ name }) => named.length === 0 || named.some((part) => name.toLowerCase().includes(part)),
);
const target = await startTarget();
try {
  for (const tool of tools) await report(tool);
} finally {
  await target.stop();
}
// The scanner keeps a connection open.
process.exit();

async function report({ name, program, run }: Tool): Promise<void> {
  if (program !== undefined && !isOnPath(program)) {
    console.log(`${name}: NOT RUN. ${program} is not installed here.`);
    return;
  }
  try {
    const { version, looked, found } = await run(target);
    console.log(
      `${name} ${version}: ${looked}: ${found.length === 0 ? "nothing found" : `${found.length} FOUND`}`,
    );
    for (const finding of found) console.log(`  ${finding}`);
    if (found.length > 0) process.exitCode = 1;
  } catch (error) {
    console.log(`${name}: NOT RUN. ${error instanceof Error ? error.message : "It failed."}`);
    process.exitCode = 1;
  }
}
