import { reactRouter } from "@react-router/dev/vite";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

// Whoever builds with another NODE_ENV would ship React's development code, and pages without a policy.
if (process.argv.includes("build")) process.env.NODE_ENV = "production";

export default defineConfig({
  plugins: [tailwindcss(), reactRouter()],
  // The server is bundled with the routes, so that both share one database module and one set of context keys.
  environments: { ssr: { build: { rolldownOptions: { input: "./app/server.ts" } } } },
  ssr: {
    noExternal: [
      // In dev two copies of react-router would give "Invalid context value".
      "@react-router/node",
      // Left outside, all its icons would be loaded (30 MB) instead of the ones that are shown.
      "lucide-react",
    ],
  },
});
