/** The four scopes of a Blnk Cloud app; what an install was granted is a subset, fixed until it is re-installed. */
export const SCOPES = ["data:read", "data:write", "alerts:read", "alerts:write"] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(value: string): value is Scope {
  return (SCOPES as readonly string[]).includes(value);
}
