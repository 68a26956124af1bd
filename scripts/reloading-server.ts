import { fileURLToPath } from "node:url";

import { createServer, type EnvironmentModuleNode, type ViteDevServer } from "vite";

import type { Env } from "#app/platform/http/env.server.ts";
import type * as Server from "#app/server.ts";

const SERVER = fileURLToPath(new URL("../app/server.ts", import.meta.url));
const ROUTES = "virtual:react-router/server-build";

/**
 * The server with Vite in front. Vite brings routes, styles and components up to date by itself; what the server itself is
 * made of runs until it is stopped, so a change there starts another in its place.
 */
export async function startReloadingServer(env: Env): Promise<{ port: number; close(): Promise<void> }> {
  const vite = await createServer({
    server: { middlewareMode: true, allowedHosts: [new URL(env.PUBLIC_URL).hostname] },
    appType: "custom",
  });
  let server = await (await loadServer(vite)).startServer(env, options(vite));
  const { port } = server;
  let restarted = Promise.resolve();

  const restart = async () => {
    try {
      // Loaded before the old one is stopped: that one goes on while a file has a mistake in it.
      const { startServer } = await loadServer(vite);
      await server.stop();
      server = await startServer({ ...env, PORT: port }, options(vite));
      vite.environments.client.hot.send({ type: "full-reload" });
      console.log("restarted");
    } catch (error) {
      console.error(error);
    }
  };
  vite.watcher.on("change", (file) => {
    const graph = vite.environments.ssr.moduleGraph;
    const changed = [...(graph.getModulesByFile(file) ?? [])].filter(isOfTheServer);
    if (changed.length === 0) return;
    for (const module of changed) graph.invalidateModule(module);
    restarted = restarted.then(restart);
  });

  return {
    port,
    async close() {
      await vite.close();
      await restarted;
      await server.stop();
    },
  };
}

async function loadServer(vite: ViteDevServer): Promise<typeof Server> {
  return (await vite.ssrLoadModule(SERVER)) as typeof Server;
}

function options(vite: ViteDevServer): Server.ServerOptions {
  return {
    serveStatic: (request, response, next) => {
      // Vite injects inline scripts and styles, which the production policy refuses.
      response.removeHeader("Content-Security-Policy");
      vite.middlewares(request, response, next);
    },
    loadBuild: () => vite.ssrLoadModule(ROUTES) as never,
  };
}

/** Part of the server without its routes, which are loaded anew for each request anyway. */
function isOfTheServer(module: EnvironmentModuleNode): boolean {
  const seen = new Set<EnvironmentModuleNode>();
  const reaches = (each: EnvironmentModuleNode): boolean => {
    if (each.file === SERVER) return true;
    if (seen.has(each) || each.id?.includes(ROUTES)) return false;
    seen.add(each);
    return [...each.importers].some(reaches);
  };
  return reaches(module);
}
