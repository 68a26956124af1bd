/** The suite's line for docs/performance.md. */
export function report(name: string, figure: string, goal: string): void {
  process.stdout.write(`${name}: ${figure} (goal ${goal})\n`);
}
