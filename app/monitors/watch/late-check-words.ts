import { app } from "#app/app.ts";

/** Why monitors are not checked, and what to do. */
export function whyLate({ isParked }: { isParked: boolean }): string {
  return isParked
    ? `${app.name} gave up after five tries that ended its process. Ask its operator to retry the job under Jobs in the operator console.`
    : `${app.name} is late, or has stopped. If this lasts, ask its operator to look at the operator console.`;
}
