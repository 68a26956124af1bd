import { z } from "zod";

import { isLoopback } from "../guard.ts";

/** The four scopes an app can ask for (contract A.2). */
export const PERMISSIONS = ["data:read", "data:write", "alerts:read", "alerts:write"] as const;

const appUrl = z.url({ protocol: /^https?$/ }).refine((url) => isLoopback(url), {
  message: "The sandbox calls apps on this machine only: use http://127.0.0.1:PORT/…, or localhost.",
});

/** What the registration form asks for (contract A.1). The key names are ours: Cloud documents none. */
export const manifestSchema = z.object({
  display_name: z.string().trim().min(1).max(80),
  description: z.string().max(500).default(""),
  developer_name: z.string().max(80).default(""),
  logo_url: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]).default(""),
  registration_callback_url: appUrl,
  portal_generator_url: appUrl,
  permissions: z.array(z.enum(PERMISSIONS)).transform((scopes) => [...new Set(scopes)]),
  /** Ids of the users who may open the app, or `everyone`. */
  launch_access: z.array(z.string().min(1)).min(1).default(["everyone"]),
});

export type Manifest = z.output<typeof manifestSchema>;
export type ManifestInput = z.input<typeof manifestSchema>;
