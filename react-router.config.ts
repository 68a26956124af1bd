import type { Config } from "@react-router/dev/config";

export default {
  ssr: true,
  // The whole route tree is small; asking /__manifest for it would be one more public URL.
  routeDiscovery: { mode: "initial" },
} satisfies Config;
