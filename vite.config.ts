import { reactRouter } from "@react-router/dev/vite";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

// Whoever builds with another NODE_ENV would ship React's development code, and pages without a policy.
if (process.argv.includes("build")) process.env.NODE_ENV = "production";

export default defineConfig(({ command }) => ({
  plugins: [tailwindcss(), reactRouter()],
  environments: {
    ssr: {
      // The server is bundled with the routes, so that both share one database module and one set of context keys.
      build: { rolldownOptions: { input: "./app/server.ts" } },
      ...(command === "build" && { define: { "process.env.NODE_ENV": JSON.stringify("production") } }),
    },
  },
  ssr:
    command === "build"
      ? {
          // One file starts in two thirds of the time that hundreds take; only what has native code stays outside.
          noExternal: true,
          external: ["better-sqlite3", "@node-rs/argon2"],
        }
      : // Two copies of react-router would give "Invalid context value".
        { noExternal: ["@react-router/node"] },
}));
