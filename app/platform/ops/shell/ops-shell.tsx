import type { ReactNode } from "react";
import { Form, NavLink } from "react-router";

import { app } from "#app/app.ts";
import { Button } from "#app/ui/button.tsx";

const SCREENS = [
  { name: "Overview", path: "/ops" },
  { name: "Installs", path: "/ops/installs" },
  { name: "Sessions", path: "/ops/sessions" },
  { name: "Events", path: "/ops/events" },
  { name: "Jobs", path: "/ops/jobs" },
  { name: "Promises", path: "/ops/promises" },
  { name: "Audit", path: "/ops/audit" },
] as const;

/** The frame of the operator's screens. */
export function OpsShell({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-[75rem] flex-col px-3 pb-8 sm:px-6">
      <a
        href="#content"
        className="sr-only z-20 rounded-panel bg-raised px-3 py-2 font-medium text-link focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <header className="flex flex-wrap items-center gap-x-6 gap-y-2 border-b border-line py-3 text-small">
        <p className="font-semibold">{app.name} operator</p>
        <nav aria-label="Operator" className="flex flex-wrap gap-x-4 gap-y-1 max-sm:order-last max-sm:w-full">
          {SCREENS.map(({ name, path }) => (
            <NavLink
              key={path}
              to={path}
              end={path === "/ops"}
              className="rounded-panel py-1 text-quiet hover:text-text aria-[current=page]:font-medium aria-[current=page]:text-text"
            >
              {name}
            </NavLink>
          ))}
        </nav>
        <Form method="post" action="/ops/sign-out" className="ms-auto">
          <Button type="submit">Sign out</Button>
        </Form>
      </header>
      <main id="content" tabIndex={-1} className="flex min-w-0 flex-col outline-none">
        {children}
      </main>
    </div>
  );
}
