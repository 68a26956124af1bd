import { data, Form, redirect } from "react-router";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { requestContext } from "#app/platform/http/request-context.server.ts";
import { findOperatorSession } from "#app/platform/operator/operator-session.server.ts";
import { signIn } from "#app/platform/operator/sign-in.server.ts";
import { Button } from "#app/ui/button.tsx";
import { TextField } from "#app/ui/field.tsx";
import { notFoundPage } from "#app/ui/plain-page.server.ts";

import type { Route } from "./+types/sign-in.ts";

export const middleware: Route.MiddlewareFunction[] = [
  ({ context }, next) => (context.get(platformContext).operatorConsole ? next() : notFoundPage()),
];

export function meta(): Route.MetaDescriptors {
  return [{ title: `Sign in · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { operatorConsole, db, clock } = context.get(platformContext);
  const session = await findOperatorSession(db, request, operatorConsole!.mark, clock.now());
  return session ? redirect("/ops") : null;
}

export async function action({ request, context }: Route.ActionArgs) {
  const platform = context.get(platformContext);
  const outcome = await refuseInWords(context, () =>
    signIn(platform, platform.operatorConsole!, request, context.get(requestContext)),
  );
  switch (outcome.kind) {
    case "signed_in":
      return redirect("/ops", { status: 303, headers: { "Set-Cookie": outcome.cookie } });
    case "wrong":
      return data({ problem: "This is not the password." }, { status: 401 });
    case "later":
      return data(
        { problem: `Too many tries. Try again in ${outcome.seconds} s.` },
        { status: 429, headers: { "Retry-After": String(outcome.seconds) } },
      );
  }
}

export function headers({ actionHeaders, parentHeaders }: Route.HeadersArgs) {
  const headers = new Headers(parentHeaders);
  const retryAfter = actionHeaders.get("Retry-After");
  if (retryAfter) headers.set("Retry-After", retryAfter);
  return headers;
}

export default function SignInPage({ actionData }: Route.ComponentProps) {
  return (
    <main className="mx-auto grid min-h-dvh max-w-80 content-center gap-4 px-3">
      <h1 className="text-title font-semibold">{app.name} operator</h1>
      <Form method="post" className="grid gap-3">
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          maxLength={1024}
          error={actionData?.problem}
        />
        <Button type="submit" kind="primary">
          Sign in
        </Button>
      </Form>
    </main>
  );
}

export { OpsError as ErrorBoundary } from "./ops-error.tsx";
