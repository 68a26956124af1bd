import "#app/ui/theme.css";

import interLatin from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url";
import { data, Links, Meta, Outlet, Scripts, useRouteLoaderData } from "react-router";

import type { Route } from "./+types/root.ts";
import { app } from "./app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import type { PortalFrame } from "#app/platform/portal/shell/portal-frame.ts";
import { frameAncestors, plainPolicy } from "#app/platform/http/security-headers.server.ts";

/** The policy that every route's answer inherits; entry.server adds the nonce to it for documents. */
export function loader({ request, context }: Route.LoaderArgs) {
  const { pathname } = new URL(request.url);
  const policy = plainPolicy(frameAncestors(pathname, context.get(platformContext).frameAncestors));
  return data(null, { headers: { "Content-Security-Policy": policy } });
}

export function headers({ loaderHeaders }: Route.HeadersArgs) {
  return loaderHeaders;
}

/** The one font file that every page needs, asked for before the stylesheet names it. */
export function links(): Route.LinkDescriptors {
  return [{ rel: "preload", as: "font", type: "font/woff2", crossOrigin: "anonymous", href: interLatin }];
}

export { PortalErrorPage as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: app.name }];
}

export function Layout({ children }: { children: React.ReactNode }) {
  const theme = useRouteLoaderData<PortalFrame>("platform/portal/shell/layout")?.display.theme;
  return (
    <html lang="en" data-theme={theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="dark light" />
        <link rel="icon" href="/favicon.svg" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <Scripts />
      </body>
    </html>
  );
}

export default function Root() {
  return <Outlet />;
}
