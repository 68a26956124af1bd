import { announceSessionEnd } from "./session-end.ts";

/**
 * Opens the portal in a tab of its own. A frame's cookie does not follow there, so a single-use code, asked for within
 * the session, opens it.
 */
export async function openInNewTab(launchId: string): Promise<"opened" | "too_many" | "failed"> {
  try {
    const response = await fetch(`/portal/${launchId}/new-tab`, { method: "POST" });
    if (response.status === 401) announceSessionEnd();
    if (response.status === 429) return "too_many";
    if (!response.ok) return "failed";
    const { location } = (await response.json()) as { location: string };
    window.open(location, "_blank", "noopener");
    return "opened";
  } catch {
    return "failed";
  }
}
